//! Secrets on command lines: `--password V`, `mysql -pV`, `curl -u user:V`, `sshpass -p V`, `PGPASSWORD=V`, in scripts, manuals and lists
//! of arguments.
//! Promises to read one line, at most 1 KiB behind the tool's name.
//! Leaves definitions of options (`add_argument("--password", …)`), variables and placeholders alone.

use std::ops::Range;

use super::{candidate, word};
use crate::rule::Rule;
use crate::secret::{Found, placeholder};
use crate::source::Source;

/// How a tool takes its password.
#[derive(Clone, Copy)]
enum Form {
    /// `-p V`.
    Apart,
    /// `-pV`.
    Joined,
    /// `-p V` or `-pV`.
    Either,
    /// `-u user:V`.
    WithUser(u8),
    /// `NAME=V`, at the start of the command: the keyword is the whole name.
    Variable,
    /// `pass:V`.
    Prefix,
    /// `--name V` or `--name=V`: the keyword is the whole name, or the end of one that begins with two hyphens.
    Long,
    /// The second word behind the tool: `net user NAME V`.
    Second,
}

/// Tools (the keywords of the rule, in lower case), the option that carries the secret, and how.
const TOOLS: &[(&[u8], &[u8], Form)] = &[
    (b"sshpass", b"-p", Form::Either),
    (b"curl", b"-u", Form::WithUser(b':')),
    (b"curl", b"--user", Form::WithUser(b':')),
    (b"mysql", b"-p", Form::Joined),
    (b"docker login", b"-p", Form::Apart),
    (b"podman login", b"-p", Form::Apart),
    (b"psexec", b"-p", Form::Apart),
    (b"redis-cli", b"-a", Form::Apart),
    (b"sqlcmd", b"-P", Form::Apart),
    (b"az login", b"-p", Form::Apart),
    (b"registry login", b"-p", Form::Apart),
    (b"twine upload", b"-p", Form::Apart),
    (b"mongosh", b"-p", Form::Apart),
    (b"mongodump", b"-p", Form::Apart),
    (b"mongorestore", b"-p", Form::Apart),
    (b"unzip", b"-P", Form::Apart),
    (b"lftp", b"-u", Form::WithUser(b',')),
    (b"ldapsearch", b"-w", Form::Apart),
    (b"smbclient", b"-U", Form::WithUser(b'%')),
    (b"net user", b"", Form::Second),
    (b"-passin", b"pass:", Form::Prefix),
    (b"-passout", b"pass:", Form::Prefix),
    (b"pgpassword", b"", Form::Variable),
    (b"mysql_pwd", b"", Form::Variable),
    (b"rediscli_auth", b"", Form::Variable),
    (b"--pass", b"", Form::Long),
    (b"--pwd", b"", Form::Long),
    (b"-password", b"", Form::Long),
    (b"-passwd", b"", Form::Long),
    (b"-passphrase", b"", Form::Long),
    (b"-storepass", b"", Form::Long),
    (b"-keypass", b"", Form::Long),
    (b"-token", b"", Form::Long),
    (b"-secret", b"", Form::Long),
    (b"-secret-key", b"", Form::Long),
    (b"-api-key", b"", Form::Long),
    (b"-apikey", b"", Form::Long),
    (b"-account-key", b"", Form::Long),
    (b"--requirepass", b"", Form::Long),
];

/// A keyword of the rule stands at `hit`.
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let Some(tool) = text.get(hit.clone()).map(<[u8]>::to_ascii_lowercase) else { return };
    let Some(start) = start(text, hit.start) else { return };
    for &(name, option, form) in TOOLS.iter().filter(|(name, ..)| *name == tool) {
        let value = match form {
            Form::Long => long(text, start, hit.end),
            Form::Variable => variable(text, hit.end),
            Form::Second => second(text, hit.end),
            Form::Apart | Form::Joined | Form::Either | Form::WithUser(_) | Form::Prefix => behind(text, hit.end, option, form),
        };
        if let Some(range) = value
            && let Some(value) = text.get(range.clone())
            && !value.is_empty()
        {
            let full = text.get(start..hit.end).unwrap_or(name);
            let against = against(value).or_else(|| is_mark(full, value).then_some("a token of a text or of a list"));
            let mut one = candidate(rule, range, value, 0);
            one.name =
                Some(String::from_utf8_lossy(if option.is_empty() || form_is_prefix(form) { full } else { option }).into_owned());
            found.push_unless(against, one);
            if against.is_none() {
                return;
            }
        }
    }
}

/// Where the word begins that a keyword at `at` ends: at the keyword, or at the two hyphens of a longer option, as in `--db-password`.
fn start(text: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 40;
    if !word::is_inside_word(text, at) {
        return Some(at);
    }
    let before = text.get(at.saturating_sub(LONGEST)..at)?;
    let name = before.iter().rev().take_while(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_')).count();
    let start = at - name;
    let is_option = text.get(at)? == &b'-' && text.get(start..)?.starts_with(b"--");
    (is_option && !word::is_inside_word(text, start)).then_some(start)
}

/// Whether a token is one of a tokenizer or of pages, `--eos-token </s>`, `--page-token abc`, and none that proves who one is.
fn is_mark(option: &[u8], value: &[u8]) -> bool {
    const PAGES: &[&[u8]] = &[b"page-token", b"next-token", b"continuation-token"];
    let is_random = value.len() >= 16 && value.iter().any(u8::is_ascii_digit);
    option.ends_with(b"-token") && option != b"--token" && (!is_random || PAGES.iter().any(|page| option.ends_with(page)))
}

fn form_is_prefix(form: Form) -> bool {
    matches!(form, Form::Prefix)
}

/// `--password V`, `--password=V`, and in a list of arguments `"--password", "V"`.
fn long(text: &[u8], option: usize, end: usize) -> Option<Range<usize>> {
    let rest = text.get(end..text.len().min(end + 8))?;
    let is_word = |value: &[u8]| value.iter().all(|&b| b.is_ascii_lowercase() || b.is_ascii_punctuation());
    match rest {
        [b'=', ..] => Some(word::value(text, end + 1, b";|&,)]<>")),
        // Columns of a help text.
        [b' ' | b'\t', b' ' | b'\t', ..] if rest.trim_ascii_start().first().is_some_and(u8::is_ascii_alphanumeric) => None,
        [b' ' | b'\t', ..] => {
            let start = word::skip_blanks(text, end);
            let range = word::value(text, start, b";|&,)]<>");
            // A bare word behind a blank may be prose.
            let is_quoted = matches!(text.get(start), Some(b'"' | b'\''));
            let value = text.get(range.clone())?;
            (is_quoted || !is_word(value)).then_some(range)
        }
        [quote @ (b'"' | b'\''), b',', ..] if text.get(option.checked_sub(1)?) == Some(quote) => {
            let start = word::skip_blanks(text, end + 2);
            let range = word::value(text, start, b"");
            // With one hyphen it may be a word of any list.
            let is_option = text.get(option..)?.starts_with(b"--") || !is_word(text.get(range.clone())?);
            (text.get(start) == Some(quote) && is_option).then_some(range)
        }
        _ => None,
    }
}

fn variable(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..text.len().min(at + 4))?;
    (rest.first() == Some(&b'=') && !matches!(rest.get(1), Some(b'=' | b' '))).then(|| word::value(text, at + 1, b";|&"))
}

fn second(text: &[u8], at: usize) -> Option<Range<usize>> {
    let name = word::value(text, word::skip_blanks(text, at), b"");
    let range = word::value(text, word::skip_blanks(text, name.end), b"");
    let line = text.get(range.end..word::line_end(text, range.end))?;
    (name.end > name.start && memchr::memmem::find(&line.to_ascii_lowercase(), b"/add").is_some()).then_some(range)
}

/// The value of `option` on the rest of the line.
fn behind(text: &[u8], at: usize, option: &[u8], form: Form) -> Option<Range<usize>> {
    let end = word::line_end(text, at);
    let line = text.get(at..end)?;
    let is_here = |place: &usize| {
        let before = place.checked_sub(1).and_then(|b| line.get(b));
        line.get(*place..*place + option.len()).is_some_and(|found| found == option)
            && before.is_some_and(|&b| b == b' ' || b == b'\t' || b == b'"' || b == b'\'')
    };
    let place = memchr::memchr_iter(*option.first()?, line).find(is_here)?;
    let after = at + place + option.len();
    let is_apart = matches!(text.get(after), Some(b' ' | b'\t' | b'='));
    let start = match (form, is_apart) {
        (Form::Joined | Form::Prefix, true) | (Form::Apart, false) => return None,
        (_, true) => word::skip_blanks(text, after + 1),
        (_, false) => after,
    };
    let range = word::value(text, start, b";|&>`");
    match form {
        Form::WithUser(separator) => {
            let colon = memchr::memchr(separator, text.get(range.clone())?)?;
            Some(range.start + colon + 1..range.end)
        }
        _ => Some(range),
    }
}

/// What tells a value from a secret.
fn against(value: &[u8]) -> Option<&'static str> {
    let is_other = matches!(value, [b'-' | b'$' | b'<' | b'{' | b'[' | b'%' | b'/' | b'.' | b'\\' | b'(' | b'@', ..]);
    match value {
        _ if is_other || value.iter().any(|&b| matches!(b, b'(' | b'{' | b'}' | b'\\')) => {
            Some("another option, a variable, a path or an expression")
        }
        _ if value.len() < 4 => Some("too short"),
        _ if value.iter().all(|&b| b.is_ascii_uppercase() || b == b'_') => Some("a name in capitals, as manuals write it"),
        _ if value.iter().all(u8::is_ascii_punctuation) => Some("nothing but punctuation"),
        _ => placeholder::is_placeholder(value, None),
    }
}
