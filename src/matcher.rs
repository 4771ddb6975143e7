//! The matchers that need no detector: names of files, modules that are imported, functions that are called.
//! Promises one hit for a file's name and one for each place in Python, and that a text without the words of any rule is not read as Python.
//! Decides neither which files are Python nor what becomes of a hit.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use crate::glob::PathSet;
use crate::python::{Module, Use, Wanted};
use crate::rule::{Matcher, Rule};
use crate::source::RepoPath;

/// A place where a rule matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub rule: &'static Rule,
    /// Where in the text; nothing, at its beginning, if the name of the file matches.
    pub range: Range<usize>,
    /// What it is in full: the file's path, the module, the function.
    pub name: String,
    /// Why it is no finding.
    pub against: Option<String>,
}

/// The rules that look at names.
#[derive(Debug, Default)]
pub struct Matchers {
    files: Vec<(&'static Rule, PathSet)>,
    modules: Names,
    functions: Names,
}

/// Names of Python, each with its rule.
#[derive(Debug, Default)]
struct Names {
    wanted: Wanted,
    /// By number of the name.
    named: Vec<(&'static Rule, &'static str)>,
    /// Finds the last word of a name: without one of them, none is meant.
    words: Option<AhoCorasick>,
}

impl Matchers {
    /// Those of the rules that look at names; the others are somebody else's.
    ///
    /// # Panics
    /// If a glob is malformed: whoever reads rules refuses such a one.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r &'static Rule>) -> Self {
        let (mut files, mut modules, mut functions) = (Vec::new(), Vec::new(), Vec::new());
        for &rule in rules {
            match &rule.matcher {
                Matcher::FileName(name) => {
                    files.push((rule, PathSet::new(name.globs.iter().copied()).expect("invariant: the globs of a rule compile")));
                }
                Matcher::Import(import) => modules.extend(import.modules.iter().map(|name| (rule, *name))),
                Matcher::Call(call) => functions.extend(call.functions.iter().map(|name| (rule, *name))),
                Matcher::Pattern(_) | Matcher::Row(_) | Matcher::Code => {}
            }
        }
        Self { files, modules: Names::new(modules), functions: Names::new(functions) }
    }

    /// Whether Python is of interest at all.
    pub fn look_at_python(&self) -> bool {
        !(self.modules.named.is_empty() && self.functions.named.is_empty())
    }

    /// What the name of a file says. Of a member of an archive, nothing that the name of the archive (`outer`) says already.
    pub fn of_file<'m>(&'m self, path: &'m RepoPath, outer: Option<&'m RepoPath>) -> impl Iterator<Item = Hit> + 'm {
        let is_new = move |globs: &PathSet| outer.is_none_or(|outer| !globs.is_match(outer));
        let files = self.files.iter().filter(move |(_, globs)| globs.is_match(path) && is_new(globs));
        files.map(|(rule, _)| Hit { rule, range: 0..0, name: path.to_str_lossy().into_owned(), against: None })
    }

    /// What a Python text imports and calls, in the order of the text.
    pub fn of_python(&self, text: &[u8]) -> Vec<Hit> {
        let (imports, calls) = (self.modules.may_stand_in(text), self.functions.may_stand_in(text));
        if !imports && !calls {
            return Vec::new();
        }
        let module = Module::new(text);
        let imports = if imports { module.imports_of(&self.modules.wanted) } else { Vec::new() };
        let calls = if calls { module.calls_of(&self.functions.wanted) } else { Vec::new() };
        let imports = imports.into_iter().filter_map(|it| self.modules.hit(&it));
        let mut hits: Vec<Hit> = imports.chain(calls.into_iter().filter_map(|it| self.functions.hit(&it))).collect();
        hits.sort_by(|a, b| (a.range.start, a.rule.id).cmp(&(b.range.start, b.rule.id)));
        // Two names of one rule may mean the same place.
        hits.dedup_by(|a, b| a.rule == b.rule && a.range == b.range);
        hits
    }
}

impl Names {
    fn new(named: Vec<(&'static Rule, &'static str)>) -> Self {
        let last = |(_, name): &(_, &'static str)| name.rsplit('.').next().unwrap_or_default();
        let words = (!named.is_empty()).then(|| {
            AhoCorasick::new(named.iter().map(last)).expect("invariant: rules have fewer names than an automaton has room for")
        });
        Self { wanted: Wanted::new(named.iter().map(|(_, name)| *name)), named, words }
    }

    fn may_stand_in(&self, text: &[u8]) -> bool {
        self.words.as_ref().is_some_and(|words| words.is_match(text))
    }

    fn hit(&self, it: &Use<'_>) -> Option<Hit> {
        let &(rule, name) = self.named.get(it.name)?;
        let without: &[&str] = if let Matcher::Call(call) = &rule.matcher { call.without } else { &[] };
        let given = it.keywords.iter().find(|given| without.iter().any(|word| word.as_bytes() == **given));
        let against = match given {
            Some(given) => Some(format!("`{}` is given", String::from_utf8_lossy(given))),
            None if !without.is_empty() && it.keywords.contains(&&b"**"[..]) => Some("what `**` gives cannot be seen".to_owned()),
            None => None,
        };
        Some(Hit { rule, range: it.range.clone(), name: name.to_owned(), against })
    }
}
