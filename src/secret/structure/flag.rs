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
    /// `--name V` or `--name=V`: the keyword is the whole name.
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
    (b"ldapsearch", b"-w", Form::Apart),
    (b"smbclient", b"-U", Form::WithUser(b'%')),
    (b"net user", b"", Form::Second),
    (b"-passin", b"pass:", Form::Prefix),
    (b"-passout", b"pass:", Form::Prefix),
    (b"pgpassword", b"", Form::Variable),
    (b"mysql_pwd", b"", Form::Variable),
    (b"rediscli_auth", b"", Form::Variable),
    (b"--password", b"", Form::Long),
    (b"--passwd", b"", Form::Long),
    (b"--pass", b"", Form::Long),
    (b"--pwd", b"", Form::Long),
    (b"--token", b"", Form::Long),
    (b"--secret", b"", Form::Long),
    (b"--api-key", b"", Form::Long),
    (b"--access-token", b"", Form::Long),
    (b"--auth-token", b"", Form::Long),
    (b"--client-secret", b"", Form::Long),
    (b"--http-password", b"", Form::Long),
    (b"--secret-key", b"", Form::Long),
];

/// A keyword of the rule stands at `hit`.
pub fn at(source: &Source<'_>, rule: &'static Rule, hit: Range<usize>, found: &mut Found) {
    let text: &[u8] = &source.text;
    let Some(tool) = text.get(hit.clone()).map(<[u8]>::to_ascii_lowercase) else { return };
    if word::is_inside_word(text, hit.start) {
        return;
    }
    for &(name, option, form) in TOOLS.iter().filter(|(name, ..)| *name == tool) {
        let value = match form {
            Form::Long => long(text, &hit),
            Form::Variable => variable(text, hit.end),
            Form::Second => second(text, hit.end),
            Form::Apart | Form::Joined | Form::Either | Form::WithUser(_) | Form::Prefix => behind(text, hit.end, option, form),
        };
        if let Some(range) = value
            && let Some(value) = text.get(range.clone())
            && !value.is_empty()
        {
            let against = against(value);
            let mut one = candidate(rule, range, value, 0);
            one.name =
                Some(String::from_utf8_lossy(if option.is_empty() || form_is_prefix(form) { name } else { option }).into_owned());
            found.push_unless(against, one);
            if against.is_none() {
                return;
            }
        }
    }
}

fn form_is_prefix(form: Form) -> bool {
    matches!(form, Form::Prefix)
}

/// `--password V`, `--password=V`, and in a list of arguments `"--password", "V"`.
fn long(text: &[u8], hit: &Range<usize>) -> Option<Range<usize>> {
    let rest = text.get(hit.end..text.len().min(hit.end + 8))?;
    match rest {
        [b'=', ..] => Some(word::value(text, hit.end + 1, b";|&,)]<>")),
        [b' ' | b'\t', ..] => {
            let start = word::skip_blanks(text, hit.end);
            let range = word::value(text, start, b";|&,)]<>");
            // A bare word behind a blank may be prose.
            let is_quoted = matches!(text.get(start), Some(b'"' | b'\''));
            let value = text.get(range.clone())?;
            (is_quoted || !value.iter().all(|&b| b.is_ascii_lowercase() || b.is_ascii_punctuation())).then_some(range)
        }
        [quote @ (b'"' | b'\''), b',', ..] if text.get(hit.start.checked_sub(1)?) == Some(quote) => {
            let start = word::skip_blanks(text, hit.end + 2);
            (text.get(start) == Some(quote)).then(|| word::value(text, start, b""))
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
