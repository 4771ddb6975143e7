//! The INI reading of detect-secrets: every file is first tried as Python's `configparser` would read it.
//! Promises the same lines as detect-secrets under Python 3.11, or the same refusal.
//! Keeps no comments but the pragma for the next line, and knows nothing of YAML.

use std::collections::{HashMap, HashSet};

use super::emitted::Emitted;
use super::pragma;
use super::python::{is_space, split_lines, strip};

/// Values longer than this after interpolation are given up: they can double at every level.
const LONGEST: usize = 1 << 20;
/// Levels of `%(name)s` within values, as in `configparser`.
const DEPTH: usize = 10;

/// Options of a section in the order of their first place.
#[derive(Default)]
struct Section<'t> {
    options: Vec<(&'t str, String)>,
    places: HashMap<&'t str, usize>,
}

impl<'t> Section<'t> {
    fn set(&mut self, name: &'t str, value: &str) {
        if let Some((_, old)) = self.places.get(name).and_then(|&place| self.options.get_mut(place)) {
            value.clone_into(old);
            return;
        }
        self.places.insert(name, self.options.len());
        self.options.push((name, value.to_owned()));
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.places.get(name).and_then(|&place| self.options.get(place)).map(|(_, value)| value.as_str())
    }
}

/// The lines that stand for an INI file; `None` if the text is none. With `headless`, the text has a `[global]` before it.
pub(super) fn transform(text: &str, headless: bool) -> Option<Emitted> {
    if !headless && !starts_with_header(text) {
        return None;
    }
    let (defaults, sections) = read(text, headless)?;
    if sections.is_empty() {
        return None;
    }
    let mut walk = Walk::new(text);
    let mut emitted = Emitted::default();
    walk.section(&defaults, &mut emitted)?;
    for section in &sections {
        let mut options = Section::default();
        for (name, value) in defaults.options.iter().chain(&section.options) {
            options.set(name, value);
        }
        walk.section(&options, &mut emitted)?;
    }
    Some(emitted)
}

/// The first line that is neither blank nor a comment must be a header: this decides for nearly all files.
fn starts_with_header(text: &str) -> bool {
    text.split('\n')
        .map(strip)
        .find(|line| !line.is_empty() && !line.starts_with(['#', ';']))
        .is_some_and(|line| header(line).is_some())
}

/// The name in `[name]`, up to the last bracket of the line.
fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.rsplit_once(']').map(|(name, _)| name).filter(|name| !name.is_empty())
}

fn read(text: &str, headless: bool) -> Option<(Section<'_>, Vec<Section<'_>>)> {
    let mut defaults = Section::default();
    let mut sections: Vec<Section> = Vec::new();
    let mut names = HashSet::new();
    // `None` is DEFAULT.
    let mut current: Option<Option<usize>> = None;
    if headless {
        names.insert("global");
        sections.push(Section::default());
        current = Some(Some(0));
    }
    let mut seen: HashSet<(Option<usize>, &str)> = HashSet::new();
    let mut option: Option<&str> = None;
    let mut indent = 0;
    for line in text.split_inclusive('\n') {
        let value = strip(line);
        if value.starts_with(['#', ';']) {
            continue;
        }
        let section = match current {
            None => None,
            Some(None) => Some(&mut defaults),
            Some(Some(place)) => sections.get_mut(place),
        };
        if value.is_empty() {
            if let (Some(section), Some(name)) = (section, option) {
                append(section, name, "");
            }
            continue;
        }
        let deep = line.chars().take_while(|&c| is_space(c)).count();
        if let (Some(section), Some(name)) = (section, option)
            && deep > indent
        {
            append(section, name, value);
            continue;
        }
        indent = deep;
        if let Some(name) = header(value) {
            option = None;
            if name == "DEFAULT" {
                current = Some(None);
            } else {
                names.insert(name).then_some(())?;
                current = Some(Some(sections.len()));
                sections.push(Section::default());
            }
            continue;
        }
        let current = current?;
        let (name, rest) = value.split_once(['=', ':'])?;
        let name = name.trim_end_matches(is_space);
        if name.is_empty() || !seen.insert((current, name)) {
            return None;
        }
        let section = current.map_or(Some(&mut defaults), |place| sections.get_mut(place))?;
        section.set(name, strip(rest));
        option = Some(name);
    }
    for section in std::iter::once(&mut defaults).chain(&mut sections) {
        for (_, value) in &mut section.options {
            value.truncate(value.trim_end_matches(is_space).len());
        }
    }
    Some((defaults, sections))
}

fn append(section: &mut Section<'_>, name: &str, line: &str) {
    if let Some((_, value)) = section.places.get(name).and_then(|&place| section.options.get_mut(place)) {
        value.push('\n');
        value.push_str(line);
    }
}

/// Replaces `%%` and `%(name)s`; `None` where `configparser` raises.
fn interpolate(out: &mut String, value: &str, section: &Section<'_>, depth: usize) -> Option<()> {
    let mut rest = value;
    if depth > DEPTH {
        return None;
    }
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(tail) = after.strip_prefix('%') {
            out.push('%');
            rest = tail;
            continue;
        }
        let (name, tail) = after.strip_prefix('(')?.split_once(')')?;
        rest = tail.strip_prefix('s')?;
        let named = section.get(name).filter(|_| !name.is_empty())?;
        if named.contains('%') {
            interpolate(out, named, section, depth + 1)?;
        } else {
            out.push_str(named);
        }
        (out.len() <= LONGEST).then_some(())?;
    }
    out.push_str(rest);
    Some(())
}

/// Finds the options again in the file, from a cursor on.
struct Walk<'t> {
    lines: Vec<&'t str>,
    /// The cursor: the lines before it are behind us. At the end, nothing more is found.
    at: usize,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        Self { lines: text.split_inclusive('\n').map(strip).collect(), at: 0 }
    }

    fn section(&mut self, section: &Section<'_>, emitted: &mut Emitted) -> Option<()> {
        let mut value = String::new();
        for (name, raw) in &section.options {
            value.clear();
            interpolate(&mut value, raw, section, 1)?;
            self.option(name, &value, emitted);
        }
        Some(())
    }

    fn option(&mut self, name: &str, value: &str, emitted: &mut Emitted) {
        let mut lines = split_lines(value);
        let Some(first) = lines.next() else { return };
        let mut pieces = lines.filter(|line| !line.is_empty());
        let mut begun = false;
        for (place, line) in self.lines.iter().enumerate().skip(self.at) {
            if pragma::is_ini_next_line(line) {
                emitted.put(place, |out| out.push_str(line));
                continue;
            }
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if !begun {
                if assigns(line, name, first) {
                    put(emitted, place, name, first);
                    begun = true;
                }
                continue;
            }
            let Some(piece) = pieces.next() else {
                self.at = place;
                return;
            };
            put(emitted, place, name, piece);
        }
        self.at = self.lines.len();
    }
}

/// Whether the line begins with the name, an operator or blank, and the value.
fn assigns(line: &str, name: &str, value: &str) -> bool {
    let Some(rest) = line.strip_prefix(name) else { return false };
    let mut tail = rest;
    // The value may itself begin with a character of the operator.
    while let Some(next) = tail.strip_prefix([' ', ':', '=']) {
        if next.starts_with(value) {
            return true;
        }
        tail = next;
    }
    false
}

/// `name = "value"`, one pair of equal quotes around the value taken off.
fn put(emitted: &mut Emitted, place: usize, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    if pragma::is_ini_next_line(value) {
        emitted.put(place, |out| out.push_str(value));
        return;
    }
    let bare = ['\'', '"'].iter().find_map(|&quote| {
        let inner = value.strip_prefix(quote)?;
        // A single quote is its own pair.
        if inner.is_empty() { Some("") } else { inner.strip_suffix(quote) }
    });
    let escaped = bare.unwrap_or(value).replace('"', "\\\"");
    emitted.put(place, |out| out.extend([name, " = \"", &escaped, "\""]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, headless: bool) -> Option<Vec<(usize, String)>> {
        let emitted = transform(text, headless)?;
        Some(emitted.lines().map(|line| (line.number, line.text.to_owned())).collect())
    }

    #[test]
    fn values_stand_on_the_lines_they_were_found_on() {
        let text = "; c\n[a]\nx = 'v'\n\n  second\ny: a\"b\n# pragma: allowlist nextline secret\nz=1\n";
        let expected = [
            (3, "x = \"v\""),
            (5, "x = \"second\""),
            (6, "y = \"a\\\"b\""),
            (7, "# pragma: allowlist nextline secret"),
            (8, "z = \"1\""),
        ];
        let found = lines(text, false).unwrap();
        // The value's quotes stay when more lines follow it; here the first line is alone within its quotes.
        assert_eq!(found, expected.map(|(number, line)| (number, line.to_owned())));
    }

    #[test]
    fn what_configparser_refuses() {
        for text in [
            "x = 1",
            "[a]\nx",
            "[a]\n= 1",
            "[a]\nx=1\nx=2",
            "[a]\n[a]",
            "[DEFAULT]\nx=1",
            "[a]\nx=%",
            "[a]\nx=%(y)s",
            "[a]\nx=%(x)s",
            "",
            "[]\nx=1",
        ] {
            assert_eq!(lines(text, false), None, "{text:?}");
        }
        assert!(lines("[global]\nx=1", true).is_none(), "the header is there already");
    }

    #[test]
    fn nothing_is_found_after_a_value_that_is_not_written_as_it_reads() {
        assert_eq!(lines("[a]\nx=1%%2\ny=2\n", false), Some(vec![]));
        assert_eq!(lines("[DEFAULT]\nx=1\n[a]\ny=2\n", false), Some(vec![(2, "x = \"1\"".into())]));
        assert_eq!(lines("[a]\nx=1\ny=%(x)s\nz=3\n", false), Some(vec![(2, "x = \"1\"".into())]));
        assert_eq!(lines("x=1\ny = 2", true), Some(vec![(1, "x = \"1\"".into()), (2, "y = \"2\"".into())]));
    }
}
