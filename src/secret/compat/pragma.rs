//! detect-secrets' comments that allow a line: `pragma: allowlist secret` and the form on the line before.
//! Promises the comment openers and closers of detect-secrets, for the line as the profile sees it.
//! Pragmas of other tools, and ours, are not read here.

use memchr::memmem;

/// A comment's opener and closer.
struct Comment {
    open: &'static str,
    close: &'static str,
}

const HASH: Comment = Comment { open: "#", close: "" };
const COMMENTS: [Comment; 6] = [
    HASH,
    Comment { open: "//", close: "" },
    Comment { open: "/*", close: "*/" },
    Comment { open: "'", close: "" },
    Comment { open: "--", close: "" },
    Comment { open: "<!--", close: "-->" },
];
const SEMICOLON: Comment = Comment { open: ";", close: "" };

/// The comment styles of a file with this extension.
fn comments(extension: &[u8]) -> &'static [Comment] {
    if extension == b".yaml" { &[HASH] } else { &COMMENTS }
}

/// Whether the line allows itself, or the one before it does.
pub(super) fn is_allowed(extension: &[u8], line: &str, previous: &str) -> bool {
    let comments = comments(extension);
    has(line, |before, after| {
        let Some(rest) = strip_any(after, &["allowlist", "whitelist"]).and_then(gap).and_then(|rest| rest.strip_prefix("secret"))
        else {
            return false;
        };
        comments.iter().any(|comment| comment.opens(before).is_some() && comment.closes(rest))
    }) || has(previous, |before, after| is_next_line(before, after, comments))
}

/// Whether a line of an INI file is a comment that allows the next one; such a line is kept among the values.
pub(super) fn is_ini_next_line(line: &str) -> bool {
    has(line, |before, after| is_next_line(before, after, &[HASH, SEMICOLON]))
}

/// Tries each `pragma:` of the text: what is before it, and what is after it and one optional space.
fn has(text: &str, is_pragma: impl Fn(&str, &str) -> bool) -> bool {
    let text = text.strip_suffix('\n').unwrap_or(text);
    memmem::find_iter(text.as_bytes(), "pragma:").any(|at| {
        let (before, rest) = text.split_at(at);
        let after = rest.get("pragma:".len()..).unwrap_or_default();
        !after.contains('\n') && is_pragma(before, after.strip_prefix(' ').unwrap_or(after))
    })
}

fn is_next_line(before: &str, after: &str, comments: &[Comment]) -> bool {
    let rest = strip_any(after, &["allowlist"]).and_then(gap).and_then(|rest| rest.strip_prefix("nextline"));
    let Some(rest) = rest.and_then(gap).and_then(|rest| rest.strip_prefix("secret")) else { return false };
    let blank = |head: &str| head.bytes().all(|b| b == b' ' || b == b'\t');
    comments.iter().any(|comment| comment.opens(before).is_some_and(blank) && comment.closes(rest))
}

fn strip_any<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}

fn gap(text: &str) -> Option<&str> {
    text.strip_prefix([' ', '-'])
}

impl Comment {
    /// What stands before the opener, if `before` ends in it.
    fn opens<'t>(&self, before: &'t str) -> Option<&'t str> {
        let spare: &[char] = if self.open == "<!--" { &[' ', '\t', '#'] } else { &[' '] };
        before.trim_end_matches(spare).strip_suffix(self.open)
    }

    fn closes(&self, rest: &str) -> bool {
        rest.trim_end_matches([' ', '\t']).ends_with(self.close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_opener_and_gap() {
        #[rustfmt::skip]
        let cases = [
            ("x = 1  # pragma: allowlist secret", true),
            ("x = 1  #pragma:whitelist-secret because", true),
            ("x = 1  # pragma:  allowlist secret", false),
            ("x = 1  # Pragma: allowlist secret", false),
            ("x = 1  #\tpragma: allowlist secret", false),
            ("x = 1  // pragma: allowlist secret", true),
            ("x = 1  /* pragma: allowlist secret */ ", true),
            ("x = 1  /* pragma: allowlist secret", false),
            ("x = 1  <!-- # pragma: allowlist secret -->", true),
            // Closed too early for XML, but `--` opens a comment of SQL.
            ("x = 1  <!-- pragma: allowlist secret --> x", true),
            ("x = 1  <!--\tpragma: allowlist secret --> x", false),
            ("x = 1  <!--\tpragma: allowlist secret -->", true),
            ("x = 1  -- pragma: allowlist secret", true),
            ("x = 1  ' pragma: allowlist secret", true),
            ("x = 1  ; pragma: allowlist secret", false),
        ];
        for (line, allowed) in cases {
            assert_eq!(is_allowed(b".py", line, ""), allowed, "{line}");
        }
        assert!(!is_allowed(b".yaml", "x: 1 // pragma: allowlist secret", ""));
        assert!(is_allowed(b".yml", "x: 1 // pragma: allowlist secret", ""));
    }

    #[test]
    fn the_next_line_form_stands_alone() {
        assert!(is_allowed(b".py", "x", " \t# pragma: allowlist nextline secret\n"));
        assert!(is_allowed(b".py", "x", "# pragma: allowlist-nextline-secret because\n"));
        assert!(!is_allowed(b".py", "x", "y # pragma: allowlist nextline secret\n"));
        assert!(!is_allowed(b".py", "x", "# pragma: whitelist nextline secret\n"));
        assert!(is_ini_next_line("; pragma: allowlist nextline secret"));
    }
}
