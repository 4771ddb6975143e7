//! Which rules may speak in a file, by what kind of file it is.
//! Promises that formats are searched in every file, whatever its name or content makes of it: both can be forged.
//! Knows no syntax.

use super::generic::syntax::Syntax;
use super::scan::Scope;
use crate::source::Source;

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

/// Which rules may speak: what a tool wrote is full of hashes, and what is not text by content and by name is full of anything.
pub fn scope(source: &Source<'_>) -> Scope {
    // A zero byte in a file that some program reads as text would otherwise be all it takes to pass.
    let is_binary = source.is_binary() && Syntax::known(source.path).is_none();
    let is_generated = LOCK_NAMES.contains(&source.path.file_name())
        || source.path.extension().is_some_and(|extension| GENERATED_EXTENSIONS.contains(&extension));
    if is_binary {
        Scope::Bytes
    } else if is_generated || is_report(&source.text) {
        Scope::Formats
    } else {
        Scope::Everything
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

    fn scope(path: &str, text: &str) -> Scope {
        let path = RepoPath::new(path);
        super::scope(&Source::new(&path, text.as_bytes(), Origin::Repository))
    }

    #[test]
    fn baselines_are_known_by_content_whatever_their_path() {
        let baseline = r#"{"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {}}"#;
        assert_eq!(scope("a/b.json", baseline), Scope::Formats);
        assert_eq!(scope("x", "{\"gatewright\":\"baseline\",\"format\":1,\"salts\":[]}\n"), Scope::Formats);
        assert_eq!(scope("r.json", r#"[{"RuleID": "x", "StartLine": 1, "Match": "", "Secret": ""}]"#), Scope::Formats);
    }

    #[test]
    fn a_forged_first_line_hides_nothing() {
        assert_eq!(scope("x", "{\"gatewright\":\"baseline\"}\npassword = 'x'\n"), Scope::Everything);
        assert_eq!(scope("x", "{\"version\": 1, \"plugins_used\": 1, \"results\": 1\npassword = 'x'\n"), Scope::Everything);
    }

    #[test]
    fn generated_files_are_known_by_name() {
        assert_eq!(scope("a/poetry.lock", "x"), Scope::Formats);
        assert_eq!(scope("a/package-lock.json", "{}"), Scope::Formats);
        assert_eq!(scope("lock.py", "x"), Scope::Everything);
    }

    #[test]
    fn a_zero_byte_hides_nothing_in_a_file_that_is_text_by_name() {
        assert_eq!(scope("x.py", "a\0b"), Scope::Everything);
        assert_eq!(scope(".env", "a\0b"), Scope::Everything);
        assert_eq!(scope("x.png", "a\0b"), Scope::Bytes);
        assert_eq!(scope("x", "a\0b"), Scope::Bytes);
    }
}
