//! How a module reaches `os.environ`, and where an `import os` can be added.
//! Promises an expression that means `os.environ` wherever it is put behind the import, whatever else the module calls `os`.
//! Follows no import into other modules.

use super::token::{Kind, Token, line_break};
use super::{Module, Statement};

/// A way to `os.environ`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environ {
    /// What to write: `os.environ`, `_os.environ`, `environ`.
    pub expression: String,
    /// The import that has to be added: where, and its text.
    pub import: Option<(usize, String)>,
}

/// What an import statement binds to the module `os` or to `os.environ`.
struct Binding<'t> {
    name: &'t [u8],
    is_environ: bool,
    /// The number of the token that is the name.
    token: usize,
}

impl<'t> Module<'t> {
    /// The way to `os.environ` for code at byte `first_use` and behind it; `None` if no import can be added.
    pub fn environ(&self, first_use: usize) -> Option<Environ> {
        let bindings = self.bindings();
        let is_before = |binding: &&Binding<'_>| self.token(binding.token).is_some_and(|token| token.end <= first_use);
        let mut usable = bindings.iter().filter(is_before).filter(|binding| self.has_one_meaning(binding.name, &bindings));
        if let Some(binding) = usable.next() {
            let name = String::from_utf8_lossy(binding.name);
            let expression = if binding.is_environ { name.into_owned() } else { format!("{name}.environ") };
            return Some(Environ { expression, import: None });
        }
        let name = self.free_name(&bindings);
        let statement = if name == "os" { "import os".to_owned() } else { format!("import os as {name}") };
        Some(Environ { expression: format!("{name}.environ"), import: Some(self.import_site(&statement)?) })
    }

    /// What the imports at the left margin bind, in their order.
    fn bindings(&self) -> Vec<Binding<'t>> {
        let mut is_at_margin = false;
        let mut found = Vec::new();
        for statement in &self.statements {
            if statement.is_first {
                is_at_margin = self.token(statement.tokens.start).is_some_and(|token| self.is_at_margin(token.start));
            }
            if is_at_margin && !statement.is_in_block {
                found.extend(self.bound_by(statement));
            }
        }
        found
    }

    fn bound_by(&self, statement: &Statement) -> Vec<Binding<'t>> {
        let first = statement.tokens.start;
        let skip = match (self.word(first), self.word(first + 1), self.word(first + 2)) {
            (b"import", ..) => 1,
            (b"from", b"os", b"import") => 3,
            _ => return Vec::new(),
        };
        let is_from = skip == 3;
        let is_end = |index: &usize| matches!(self.word(*index), b"," | b";") || self.kind(*index) == Some(Kind::Newline);
        let words: Vec<usize> =
            (first + skip..statement.tokens.end).filter(|&index| !matches!(self.word(index), b"(" | b")")).collect();
        let items = words.split(is_end).filter_map(|item| {
            let words: Vec<&[u8]> = item.iter().map(|&index| self.word(index)).collect();
            let (name, is_environ) = match (is_from, words.as_slice()) {
                (false, [b"os"] | [b"os", b".", ..]) if !words.contains(&&b"as"[..]) => (0, false),
                (false, [b"os", b"as", _]) => (2, false),
                (true, [b"environ"]) => (0, true),
                (true, [b"environ", b"as", _]) => (2, true),
                _ => return None,
            };
            item.get(name).map(|&token| Binding { name: self.word(token), is_environ, token })
        });
        items.collect()
    }

    /// Whether a name means what `bindings` say wherever it stands: nothing else gives it a value, not even in some function.
    fn has_one_meaning(&self, name: &[u8], bindings: &[Binding<'_>]) -> bool {
        let of_name: Vec<&Binding<'_>> = bindings.iter().filter(|binding| binding.name == name).collect();
        let is_environ = of_name.first().is_some_and(|binding| binding.is_environ);
        of_name.iter().all(|binding| binding.is_environ == is_environ)
            && self
                .tokens
                .iter()
                .enumerate()
                .filter(|(_, token)| self.is(token, name))
                .all(|(index, _)| of_name.iter().any(|binding| binding.token == index) || self.is_read(index))
    }

    /// Whether a name is sure to be read where it stands, and not bound.
    fn is_read(&self, index: usize) -> bool {
        if self.statement_of(index).is_some_and(|statement| self.word(statement.tokens.start) == b"import") {
            // `import os.path` binds `os`, `import os.path as path` does not.
            let behind = (index + 1..self.tokens.len()).find(|&at| self.word(at) != b"." && self.before(at, 1) != b".");
            return self.before(index, 1) == b"." || behind.is_some_and(|at| at > index + 1 && self.word(at) == b"as");
        }
        matches!(self.before(index, 1), b"." | b"from") || matches!(self.word(index + 1), b"." | b"[")
    }

    fn is(&self, token: &Token, name: &[u8]) -> bool {
        token.kind == Kind::Name && self.text_of(token) == name
    }

    /// `os`, or another name for it that the module does not use yet.
    fn free_name(&self, bindings: &[Binding<'_>]) -> String {
        let is_taken = bindings.iter().any(|binding| binding.name == b"os" && binding.is_environ);
        if !is_taken && self.has_one_meaning(b"os", bindings) {
            return "os".to_owned();
        }
        let names = (1..).map(|number: usize| if number == 1 { "_os".to_owned() } else { format!("_os_{number}") });
        let is_free = |name: &String| !self.tokens.iter().any(|token| self.is(token, name.as_bytes()));
        names.into_iter().find(is_free).unwrap_or_default()
    }

    /// Where a new import goes: behind comments at the top, docstring and `__future__` imports, in front of everything else.
    fn import_site(&self, import: &str) -> Option<(usize, String)> {
        let mut statements = self.statements.iter().enumerate();
        let is_docstring = |statement: &Statement| {
            self.tokens.get(statement.tokens.clone()).is_some_and(|tokens| {
                tokens.iter().all(|token| matches!(token.kind, Kind::String | Kind::Newline) || self.text_of(token) == b";")
            })
        };
        let is_future = |statement: &Statement| {
            let first = statement.tokens.start;
            self.word(first) == b"from" && self.word(first + 1) == b"__future__"
        };
        let (_, next) = statements.find(|(index, it)| !is_future(it) && (*index > 0 || !is_docstring(it)))?;
        let first = self.token(next.tokens.start)?.start;
        if !next.is_first {
            return Some((first, format!("{import}; ")));
        }
        let line = self.line_start(first);
        if !self.is_at_margin(first) {
            return None;
        }
        let line_end = self.first_line_break();
        if matches!(self.word(next.tokens.start), b"import" | b"from") {
            return Some((line, format!("{import}{line_end}")));
        }
        Some((self.start_with_comments(line), format!("{import}{line_end}{line_end}")))
    }

    /// The beginning of the comments that stand right above the line at `line`; but those at the top of the file are about the file.
    fn start_with_comments(&self, line: usize) -> usize {
        let mut start = line;
        for comment in self.comments.iter().rev().skip_while(|comment| comment.end > line) {
            let between = self.text.get(comment.end..start).unwrap_or_default();
            let above = self.line_start(comment.start);
            if line_break(between, 0) != between.len() || !self.is_at_margin(comment.start) {
                break;
            }
            start = above;
        }
        if start == 0 { line } else { start }
    }

    /// Where the line begins that holds byte `at`.
    fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1)
    }

    /// Whether nothing but form feeds stands before byte `at` on its line.
    fn is_at_margin(&self, at: usize) -> bool {
        self.text.get(self.line_start(at)..at).is_some_and(|before| before.iter().all(|&b| b == b'\x0c'))
    }

    fn first_line_break(&self) -> &'static str {
        let at = memchr::memchr2(b'\n', b'\r', self.text).unwrap_or(self.text.len());
        match (self.text.get(at), line_break(self.text, at)) {
            (_, 2) => "\r\n",
            (Some(b'\r'), _) => "\r",
            _ => "\n",
        }
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
