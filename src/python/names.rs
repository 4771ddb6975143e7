//! Where a text imports modules and calls functions that are looked for by their full names: `from ssl import wrap_socket as w` makes `w(…)`
//! a call of `ssl.wrap_socket`. Promises linear work, and to believe the imports of the whole file wherever they stand.
//! Knows nothing of a relative import but that its names are others, and follows no assignment.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::token::Kind;
use super::{KEYWORDS, Module, Statement};

/// Full names, which are looked for together. They are numbered in the order given.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The names that begin with a dotted name, whole ones included.
    by_head: HashMap<Vec<u8>, Vec<usize>>,
    names: Vec<Vec<u8>>,
    longest: usize,
}

/// A place where one of the names is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use<'t> {
    /// The number of the name.
    pub name: usize,
    /// The name as it stands there.
    pub range: Range<usize>,
    /// Of a call: its keyword arguments; `**` if it is given some that cannot be seen.
    pub keywords: Vec<&'t [u8]>,
}

impl Wanted {
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<Vec<u8>> = names.into_iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut by_head: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (number, name) in names.iter().enumerate() {
            for head in heads(name, name.len()) {
                by_head.entry(head.to_vec()).or_default().push(number);
            }
        }
        Self { by_head, longest: names.iter().map(Vec::len).max().unwrap_or(0), names }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names that are `name` or something inside of it, each with what of it stands behind `name`.
    fn inside(&self, name: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
        let numbers = self.by_head.get(name).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(move |&number| Some((number, self.names.get(number)?.get(name.len()..)?)))
    }

    /// The names that are exactly `name`.
    fn exactly(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        self.inside(name).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number)
    }
}

/// `a`, `a.b` and `a.b.c` of `a.b.c`, as far as they are no longer than `longest`.
fn heads(name: &[u8], longest: usize) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'.', name).chain(std::iter::once(name.len()));
    ends.take_while(move |end| *end <= longest).filter_map(|end| name.get(..end))
}

/// One thing that an import statement names.
struct Import<'t> {
    /// The full name; `None` if it is relative.
    full: Option<Vec<u8>>,
    range: Range<usize>,
    /// What it is called in this file, and the full name of what is called so.
    local: Option<(&'t [u8], Option<Vec<u8>>)>,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A module behind `import` or `from`.
    Module,
    /// What a `from` takes out of a module.
    Item,
    /// All that it takes.
    Star,
}

impl<'t> Module<'t> {
    /// Where modules are imported: `a` also by `import a.b`, and `a.b` also by `from a import b`.
    pub fn imports_of(&self, wanted: &Wanted) -> Vec<Use<'t>> {
        let mut uses = Vec::new();
        for import in self.named_by_imports() {
            let full = import.full.unwrap_or_default();
            let numbers: Vec<usize> = match import.form {
                Form::Module => heads(&full, wanted.longest).flat_map(|head| wanted.exactly(head)).collect(),
                Form::Item => wanted.exactly(&full).collect(),
                Form::Star => Vec::new(),
            };
            uses.extend(numbers.into_iter().map(|name| Use { name, range: import.range.clone(), keywords: Vec::new() }));
        }
        uses
    }

    /// Where functions are called.
    pub fn calls_of(&self, wanted: &Wanted) -> Vec<Use<'t>> {
        let spellings = self.spellings(wanted);
        if spellings.is_empty() {
            return Vec::new();
        }
        let keywords = self.keyword_arguments();
        let mut uses = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            let Some(last) = self.called(index) else { continue };
            let spelled = (index..=last).map(|index| self.word(index)).collect::<Vec<_>>().concat();
            let end = self.token(last).map_or(token.end, |token| token.end);
            for &name in spellings.get(&spelled).into_iter().flatten() {
                let keywords = keywords.get(&(last + 1)).cloned().unwrap_or_default();
                uses.push(Use { name, range: token.start..end, keywords });
            }
        }
        uses
    }

    /// How the wanted names are spelled in this file.
    fn spellings(&self, wanted: &Wanted) -> HashMap<Vec<u8>, BTreeSet<usize>> {
        let imports = self.named_by_imports();
        let mut bound: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
        for (local, full) in imports.iter().filter_map(|import| import.local.as_ref()) {
            bound.entry(local).or_default().extend(full.as_deref());
        }
        let mut spellings: HashMap<Vec<u8>, BTreeSet<usize>> = HashMap::new();
        let mut add = |spelled: Vec<u8>, number| {
            spellings.entry(spelled).or_default().insert(number);
        };
        for (local, fulls) in &bound {
            for full in fulls {
                wanted.inside(full).for_each(|(number, rest)| add([local, rest].concat(), number));
                // `builtins.eval` is `eval`.
                if *full == b"builtins" {
                    wanted.built_in().for_each(|(number, name)| add([local, &b"."[..], name].concat(), number));
                } else if let Some(name) = full.strip_prefix(b"builtins.") {
                    wanted.exactly(name).for_each(|number| add(local.to_vec(), number));
                }
            }
        }
        let is_free = |name: &[u8]| name.split(|b| *b == b'.').next().is_none_or(|first| !bound.contains_key(first));
        for star in imports.iter().filter(|import| import.form == Form::Star).filter_map(|import| import.full.as_ref()) {
            let inside = wanted.inside(star).filter_map(|(number, rest)| Some((number, rest.strip_prefix(b".")?)));
            inside.filter(|(_, rest)| is_free(rest)).for_each(|(number, rest)| add(rest.to_vec(), number));
        }
        wanted.built_in().filter(|(_, name)| is_free(name)).for_each(|(number, name)| add(name.to_vec(), number));
        spellings
    }

    /// The last token of the dotted name that begins at token `index`, if that name is called.
    fn called(&self, index: usize) -> Option<usize> {
        let is_start = self.is_name(index)
            && !KEYWORDS.contains(&self.word(index))
            && !matches!(self.before(index, 1), b"." | b"def" | b"class");
        let mut last = index;
        while is_start && self.word(last + 1) == b"." && self.is_name(last + 2) {
            last += 2;
        }
        (is_start && self.word(last + 1) == b"(").then_some(last)
    }

    /// The names of keyword arguments, by the bracket that they stand in.
    fn keyword_arguments(&self) -> HashMap<usize, Vec<&'t [u8]>> {
        let mut found: HashMap<usize, Vec<&[u8]>> = HashMap::new();
        for (index, token) in self.tokens.iter().enumerate() {
            let Some(open) = token.within.filter(|_| matches!(self.before(index, 1), b"(" | b",")) else { continue };
            let word = self.text_of(token);
            if word == b"**" || (token.kind == Kind::Name && self.word(index + 1) == b"=") {
                found.entry(open).or_default().push(word);
            }
        }
        found
    }

    /// What all import statements name, in order.
    fn named_by_imports(&self) -> Vec<Import<'t>> {
        let mut found = Vec::new();
        for statement in &self.statements {
            match self.word(statement.tokens.start) {
                b"import" => {
                    found.extend(self.items(statement.tokens.start + 1, statement).filter_map(|item| self.module(&item)));
                }
                b"from" => self.from(statement, &mut found),
                _ => {}
            }
        }
        found
    }

    /// `a.b` or `a.b as c` behind `import`.
    fn module(&self, item: &[usize]) -> Option<Import<'t>> {
        let (path, alias) = self.without_alias(item);
        let (full, range) = self.dotted(path)?;
        let first = self.word(*path.first()?);
        let local = alias.map_or_else(|| (first, Some(first.to_vec())), |alias| (alias, Some(full.clone())));
        Some(Import { full: Some(full), range, local: Some(local), form: Form::Module })
    }

    /// `from a.b import c, d as e`.
    fn from(&self, statement: &Statement, found: &mut Vec<Import<'t>>) {
        let first = statement.tokens.start + 1;
        let Some(import) = (first..statement.tokens.end).find(|&index| self.word(index) == b"import") else { return };
        let path: Vec<usize> = (first..import).collect();
        let module = self.dotted(&path);
        if let Some((full, range)) = module.clone() {
            found.push(Import { full: Some(full), range, local: None, form: Form::Module });
        }
        let module = module.map(|(full, _)| full);
        for item in self.items(import + 1, statement) {
            let (name, alias) = self.without_alias(&item);
            let &[index] = name else { continue };
            let Some(token) = self.token(index) else { continue };
            let (word, range) = (self.text_of(token), token.start..token.end);
            if word == b"*" {
                found.push(Import { full: module.clone(), range, local: None, form: Form::Star });
                continue;
            }
            let full = module.as_ref().map(|module| [module.as_slice(), b".", word].concat());
            found.push(Import { full: full.clone(), range, local: Some((alias.unwrap_or(word), full)), form: Form::Item });
        }
    }

    /// The tokens between the commas, from token `start` to the end of the statement.
    fn items(&self, start: usize, statement: &Statement) -> impl Iterator<Item = Vec<usize>> {
        let is_part =
            |index: &usize| !matches!(self.word(*index), b"(" | b")" | b";") && self.kind(*index) != Some(Kind::Newline);
        let words: Vec<usize> = (start..statement.tokens.end).filter(is_part).collect();
        let items: Vec<Vec<usize>> = words.split(|&index| self.word(index) == b",").map(<[usize]>::to_vec).collect();
        items.into_iter()
    }

    fn without_alias<'i>(&self, item: &'i [usize]) -> (&'i [usize], Option<&'t [u8]>) {
        match item {
            [name @ .., is, alias] if self.word(*is) == b"as" => (name, Some(self.word(*alias))),
            _ => (item, None),
        }
    }

    /// A dotted name, and where it stands; `None` if the tokens are something else, a relative name among others.
    fn dotted(&self, path: &[usize]) -> Option<(Vec<u8>, Range<usize>)> {
        let is_dotted = path.len() % 2 == 1
            && path.iter().enumerate().all(|(place, &index)| {
                if place % 2 == 0 {
                    self.is_name(index) && !KEYWORDS.contains(&self.word(index))
                } else {
                    self.word(index) == b"."
                }
            });
        let (first, last) = (self.token(*path.first()?)?, self.token(*path.last()?)?);
        let words: Vec<&[u8]> = path.iter().map(|&index| self.word(index)).collect();
        is_dotted.then(|| (words.concat(), first.start..last.end))
    }
}

impl Wanted {
    /// The names without a dot.
    fn built_in(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.names.iter().enumerate().filter(|(_, name)| !name.contains(&b'.')).map(|(number, name)| (number, name.as_slice()))
    }
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
