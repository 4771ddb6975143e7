//! What kind of file a text is, as far as secrets are concerned.
//! Promises that formats are searched in every text, whatever its name or content makes of it: both can be forged.
//! Knows no syntax.

use super::generic::syntax::Syntax;
use super::scan::{Scope, is_prose};
use crate::source::Source;

/// Which rules may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// What a tool wrote is full of hashes: token formats and URL credentials only.
    Text(Scope),
    /// Not text, by content and by name: key containers only.
    Binary,
}

/// Names of lock files that have no `.lock`.
const LOCK_NAMES: &[&[u8]] = &[
    b"Cartfile.resolved",
    b"Package.resolved",
    b"Brewfile.lock.json",
    b"package-lock.json",
    b"npm-shrinkwrap.json",
    b"packages.lock.json",
    b"pnpm-lock.yaml",
    b"go.sum",
];
const GENERATED_EXTENSIONS: &[&[u8]] = &[b"lock", b"css", b"svg", b"map", b"sum"];

impl FileKind {
    pub fn of(source: &Source<'_>) -> Self {
        // A zero byte in a file that some program reads as text would otherwise be all it takes to pass.
        if source.is_binary() && Syntax::known(source.path).is_none() {
            let head = source.text.get(..HEAD).unwrap_or(&source.text);
            if is_prose(head) { Self::Text(Scope::Formats) } else { Self::Binary }
        } else if LOCK_NAMES.contains(&source.path.file_name())
            || source.path.extension().is_some_and(|extension| GENERATED_EXTENSIONS.contains(&extension))
            || is_report(&source.text)
        {
            Self::Text(Scope::Formats)
        } else {
            Self::Text(Scope::Everything)
        }
    }
}

/// Our baseline, detect-secrets' baseline, a JSON report of gitleaks: told by the keys that each always has. Names say nothing in them:
/// the values are hashes, or what another tool took for a secret.
fn is_report(text: &[u8]) -> bool {
    let head = text.trim_ascii_start();
    if !head.starts_with(b"{") && !head.starts_with(b"[") {
        return false;
    }
    let head = head.get(..HEAD).unwrap_or(head);
    let has = |key: &str| memchr::memmem::find(head, format!("\"{key}\"").as_bytes()).is_some();
    if head.starts_with(b"{\"gatewright\":\"baseline\"") {
        return is_json_lines(text);
    }
    let detect_secrets = has("version") && has("plugins_used") && (has("results") || has("filters_used"));
    let gitleaks = head.starts_with(b"[") && has("RuleID") && has("StartLine") && has("Secret") && has("Match");
    (detect_secrets || gitleaks) && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// What tells is among the first bytes.
const HEAD: usize = 8 * 1024;

/// Whether every line is a JSON object: nothing else can hide below a forged first line.
fn is_json_lines(text: &[u8]) -> bool {
    text.split(|&b| b == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .all(|line| line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Origin, RepoPath};

    fn kind(path: &str, text: &str) -> FileKind {
        let path = RepoPath::new(path);
        FileKind::of(&Source::new(&path, text.as_bytes(), Origin::Repository))
    }

    #[test]
    fn baselines_are_known_by_content_whatever_their_path() {
        let baseline = r#"{"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {}}"#;
        assert_eq!(kind("a/b.json", baseline), FileKind::Text(Scope::Formats));
        assert_eq!(kind("x", "{\"gatewright\":\"baseline\",\"format\":1,\"salts\":[]}\n"), FileKind::Text(Scope::Formats));
        assert_eq!(
            kind("r.json", r#"[{"RuleID": "x", "StartLine": 1, "Match": "", "Secret": ""}]"#),
            FileKind::Text(Scope::Formats)
        );
    }

    #[test]
    fn a_forged_first_line_hides_nothing() {
        assert_eq!(kind("x", "{\"gatewright\":\"baseline\"}\npassword = 'x'\n"), FileKind::Text(Scope::Everything));
        assert_eq!(
            kind("x", "{\"version\": 1, \"plugins_used\": 1, \"results\": 1\npassword = 'x'\n"),
            FileKind::Text(Scope::Everything)
        );
    }

    #[test]
    fn generated_files_are_known_by_name() {
        assert_eq!(kind("a/poetry.lock", "x"), FileKind::Text(Scope::Formats));
        assert_eq!(kind("a/package-lock.json", "{}"), FileKind::Text(Scope::Formats));
        assert_eq!(kind("lock.py", "x"), FileKind::Text(Scope::Everything));
    }

    #[test]
    fn a_zero_byte_hides_nothing_in_a_file_that_is_text_by_name() {
        assert_eq!(kind("x.py", "a\0b"), FileKind::Text(Scope::Everything));
        assert_eq!(kind(".env", "a\0b"), FileKind::Text(Scope::Everything));
        assert_eq!(kind("x.png", "a\0b"), FileKind::Binary);
        assert_eq!(kind("x", "a\0b"), FileKind::Binary);
        let settings = "//registry.example.org/:_authToken=npm\n";
        assert_eq!(kind(".npmrc", &format!("{settings}\0")), FileKind::Text(Scope::Formats));
        assert_eq!(kind("deploy", &format!("#!/bin/sh\n\0{}", settings.repeat(500))), FileKind::Text(Scope::Formats));
        assert_eq!(kind("deploy", &format!("{settings}{}", "\0".repeat(50))), FileKind::Binary);
    }
}
