//! What a regular expression says about itself: whether it begins with a keyword, how long its matches get.
//! Promises an error for what the engine would not parse, in words that do not repeat the expression.
//! Compiles nothing.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};

use super::file::shown;
use super::table::Match;

/// Parses as the engine does: bytes, no Unicode.
pub(super) fn parse(pattern: &str) -> Result<Hir, String> {
    let parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    parser.map_err(|error| match error {
        regex_syntax::Error::Parse(error) => format!("{}, at character {}", error.kind(), error.span().start.column),
        regex_syntax::Error::Translate(error) => format!("{}, at character {}", error.kind(), error.span().start.column),
        _ => "it is no regular expression".into(),
    })
}

/// Whether every match begins with a keyword, and the length of the longest. Errors if the engine would not parse the pattern; whether it
/// is too large is seen where it is compiled.
pub(super) fn inspect(pattern: &str, matcher: &Match) -> Result<(bool, Option<usize>), String> {
    if matcher.keywords.is_empty() {
        return Err("a pattern needs keywords: literals of which one is in every match".into());
    }
    let hir = parse(pattern)?;
    if let Some(name) = captures(&hir).into_iter().find(|name| *name != "value") {
        return Err(format!("the group {} means nothing; the secret is the group `value`", shown(name)));
    }
    if hir.properties().maximum_len().is_some_and(|longest| matcher.shown > longest) {
        return Err(format!("no match has {} characters that could be shown", matcher.shown));
    }
    let prefixes = Extractor::new().kind(ExtractKind::Prefix).extract(&hir);
    let begins = |literal: &[u8]| {
        matcher.keywords.iter().any(|keyword| {
            let head = literal.get(..keyword.len()).unwrap_or_default();
            if matcher.ignore_case { head.eq_ignore_ascii_case(keyword.as_bytes()) } else { head == keyword.as_bytes() }
        })
    };
    let is_anchored =
        prefixes.literals().is_some_and(|all| !all.is_empty() && all.iter().all(|literal| begins(literal.as_bytes())));
    Ok((is_anchored, hir.properties().maximum_len()))
}

/// The names of the groups.
fn captures(hir: &Hir) -> Vec<&str> {
    match hir.kind() {
        HirKind::Capture(group) => group.name.as_deref().into_iter().chain(captures(&group.sub)).collect(),
        HirKind::Repetition(repeated) => captures(&repeated.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().flat_map(captures).collect(),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => Vec::new(),
    }
}
