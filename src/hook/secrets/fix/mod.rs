//! Plans to take secrets out of Python files: each literal that is one becomes a look-up of an environment variable.
//! Promises that a planned file differs in these literals and one import, as our tokenizer sees it, and that what stays has a reason.
//! Writes nothing and sets no variable.

mod name;

use std::collections::BTreeSet;

use self::name::Names;
use crate::finding::{Edit, Finding, Fix, Redacted, Subject};
use crate::hook::{Faulty, Repair, Verdict};
use crate::python::token::{Kind, Token};
use crate::python::{Environ, Literal, Module, is_python};
use crate::source::Source;

/// Why something stays as it is.
type Reason = &'static str;

/// A literal that a variable will replace.
struct Target {
    token: Token,
    is_bytes: bool,
    variable: String,
}

/// Plans for all files together, because a variable has one value in all of them. `secrets` are all values of the run, which no name may
/// show; `taken` are names that stand for other values.
pub(super) fn plan(files: &[Faulty<'_>], secrets: &[&Redacted], taken: BTreeSet<String>) -> Vec<Repair> {
    let mut names = Names::new(secrets, taken);
    let modules: Vec<Result<Module<'_>, Reason>> = files.iter().map(|file| module(file.source)).collect();
    for looked_up in modules.iter().flatten().flat_map(Module::environment_names) {
        names.take(&String::from_utf8_lossy(looked_up));
    }
    let repairs = files.iter().zip(&modules).map(|(file, module)| match module {
        Ok(module) => repair(file, module, &mut names),
        Err(reason) => Repair::none(file, reason),
    });
    repairs.collect()
}

fn module<'a>(source: &'a Source<'_>) -> Result<Module<'a>, Reason> {
    if !is_python(source.path, &source.text) {
        return Err("it is in no Python file");
    }
    let is_utf8 = source.raw.ends_with(&source.text) && std::str::from_utf8(&source.text).is_ok();
    if !is_utf8 || !declares_utf8(&source.text) {
        return Err("the file is not UTF-8");
    }
    let module = Module::new(&source.text);
    let has_zero = memchr::memchr(0, &source.text).is_some();
    if module.is_whole() && !has_zero { Ok(module) } else { Err("the file is no Python 3 that is understood") }
}

/// Whether the first two lines declare no encoding, or one in which ASCII means ASCII and the rest is not ours to change.
fn declares_utf8(text: &[u8]) -> bool {
    const HARMLESS: &[&str] = &["utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii", "latin-1", "iso-8859-1", "iso-8859-15"];
    let lines = text.split(|&b| b == b'\n').take(2).filter(|line| line.trim_ascii_start().starts_with(b"#"));
    lines.into_iter().all(|line| {
        let line = String::from_utf8_lossy(line).to_ascii_lowercase().replace('_', "-");
        let Some(behind) = line.split_once("coding").and_then(|(_, rest)| rest.strip_prefix([':', '='])) else { return true };
        let name: String = behind.trim_start().chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '.')).collect();
        HARMLESS.contains(&name.as_str())
    })
}

fn repair(file: &Faulty<'_>, module: &Module<'_>, names: &mut Names) -> Repair {
    let targets: Vec<Result<Target, Reason>> =
        file.open.iter().map(|finding| target(finding, module, file.source, names)).collect();
    let Some(first_use) = targets.iter().flatten().map(|target| target.token.start).min() else {
        return Repair { fix: Fix::default(), verdicts: targets.into_iter().map(verdict).collect() };
    };
    let Some(environ) = module.environ(first_use) else { return Repair::none(file, "there is no place for an `import os`") };
    let fix = edits(module, &file.source.text, targets.iter().flatten(), environ);
    if is_as_planned(module, &file.source.text, &fix) {
        Repair { fix, verdicts: targets.into_iter().map(verdict).collect() }
    } else {
        Repair::none(file, "the changed file would not read as planned")
    }
}

fn verdict(target: Result<Target, Reason>) -> Verdict {
    match target {
        Ok(target) => Verdict::Fixed { variable: target.variable },
        Err(reason) => Verdict::Left { reason },
    }
}

fn target(finding: &Finding, module: &Module<'_>, source: &Source<'_>, names: &mut Names) -> Result<Target, Reason> {
    let (index, token) = literal_token(finding, module)?;
    let literal = Literal::new(module.text_of(&token));
    let value = literal.value().ok_or("it has escapes that cannot be read without Python")?;
    if value.contains(&0) {
        return Err("no environment variable can hold a zero byte");
    }
    if std::str::from_utf8(&value).is_err() {
        return Err("its bytes are no UTF-8, which `os.environ` would make of them");
    }
    if let Some(reason) = module.why_fixed(index) {
        return Err(reason);
    }
    let variable = names.name(&value, finding, module.name_of(index).as_deref(), source.path);
    Ok(Target { token, is_bytes: literal.is_bytes(), variable })
}

/// The string literal whose whole content is the finding.
fn literal_token(finding: &Finding, module: &Module<'_>) -> Result<(usize, Token), Reason> {
    let (start, end) = (finding.span.start, finding.span.end);
    if !matches!(finding.subject, Subject::Secret(_)) {
        return Err("it is no value");
    }
    if module.is_comment(start) {
        return Err("it is in a comment: delete it there");
    }
    let (index, token) = module.token_at(start).ok_or("it is no string literal")?;
    match token.kind {
        Kind::String => {}
        Kind::FStringMiddle => return Err("it is part of an f-string"),
        Kind::Number => return Err("it is a number, not a string"),
        _ => return Err("it is no string literal"),
    }
    let inside = Literal::new(module.text_of(&token)).inside();
    let (first, last) = (token.start + inside.start, token.start + inside.end);
    if (start, end) == (first, last) {
        Ok((index, token))
    } else if start >= first && end <= last {
        Err("it is only part of a longer literal")
    } else {
        Err("it is more than one literal")
    }
}

fn edits<'t>(module: &Module<'_>, text: &[u8], targets: impl Iterator<Item = &'t Target>, environ: Environ) -> Fix {
    let mut fix = Fix::default();
    for target in targets {
        let token = target.token;
        // `return'…'`
        let touches = token.start.checked_sub(1).and_then(|before| module.token_at(before)).is_some_and(|(_, it)| {
            matches!(it.kind, Kind::Name | Kind::Number) && text.get(it.start..it.end).is_some_and(|word| !word.is_empty())
        });
        let space = if touches { " " } else { "" };
        let encode = if target.is_bytes { ".encode()" } else { "" };
        let look_up = format!("{space}{}[\"{}\"]{encode}", environ.expression, target.variable);
        fix.edits.push(Edit::new(token.start..token.end, look_up));
    }
    if let Some((at, import)) = environ.import {
        fix.edits.push(Edit::new(at..at, import));
    }
    fix
}

/// Whether the changed text has the tokens of the old one, but for those that the edits name.
fn is_as_planned(module: &Module<'_>, text: &[u8], fix: &Fix) -> bool {
    let Ok(changed) = fix.apply(text) else { return false };
    let changed = Module::new(&changed);
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort();
    edits.dedup();
    let mut expected: Vec<(Kind, Vec<u8>)> = Vec::new();
    let mut edits = edits.into_iter().peekable();
    for token in module.tokens() {
        let mut is_replaced = false;
        while let Some(edit) = edits.next_if(|edit| edit.start <= token.start) {
            is_replaced |= edit.end == token.end;
            expected.extend(words(&Module::new(edit.text.as_bytes())));
        }
        if !is_replaced {
            expected.push((token.kind, module.text_of(token).to_vec()));
        }
    }
    changed.is_whole() && edits.next().is_none() && expected == words(&changed)
}

fn words(module: &Module<'_>) -> Vec<(Kind, Vec<u8>)> {
    module.tokens().iter().map(|token| (token.kind, module.text_of(token).to_vec())).collect()
}

#[cfg(test)]
mod tests;
