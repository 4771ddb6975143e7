//! Secrets by name: a value that is given to a name which promises a password, secret, token, key or credential.
//! Promises little work where a word is just a word: the bytes behind the identifier decide first, nothing is allocated before a value is found.
//! Knows no token formats and no files; the notations it reads are those of `binding`.

mod bigram;
mod binding;
mod context;
mod harmless;
mod literal;
mod name;
mod names;
mod pair;
mod place;
mod python;
mod separator;
mod shape;
pub(in crate::secret) mod syntax;
#[cfg(test)]
mod tests;
mod verdict;
mod vocabulary;

use std::ops::Range;

use data_encoding::BASE64;

pub(in crate::secret) use self::bigram::word_likeness;
use self::binding::{Binding, Form};
use self::context::Site;
use self::name::{Family, Meaning};
pub use self::names::{Names, can_be_added, can_be_removed};
use self::place::{Docstrings, Place};
use self::python::Given;
use self::shape::Shape;
use self::syntax::Syntax;
use self::verdict::{Doubt, Value, Weights};
use super::{Candidate, Found, placeholder, rules};
use crate::finding::Redacted;
use crate::python::is_python;
use crate::rule::{Matcher, Rule};
use crate::source::Source;

/// A value longer than this that begins inside another such value is a part of it: judged once, so that an endless line stays linear.
const LONG: usize = 256;

/// One text's walk from word to word.
#[derive(Debug)]
pub struct Scan<'d> {
    names: &'d Names,
    syntax: Option<Syntax>,
    /// End of the last identifier that was looked at: its other words are not looked at again.
    done: usize,
    /// End of the last long value that was judged.
    long: usize,
    /// As far as the path tells; most words have no value and need none.
    place: Option<Place>,
    /// Of a Python text.
    docstrings: Option<Docstrings>,
}

impl<'d> Scan<'d> {
    pub fn new(source: &Source<'_>, names: &'d Names) -> Self {
        let is_python = is_python(source.path, &source.text) || matches!(source.path.extension(), Some(b"pyi" | b"pyx"));
        let syntax = if is_python { Some(Syntax::Code) } else { Syntax::of(source.path) };
        Self { names, syntax, done: 0, long: 0, place: None, docstrings: is_python.then(Docstrings::default) }
    }

    /// Looks at the identifier around `hit`, one of the words of `rule`; hits come in the order of the text.
    pub fn at(&mut self, source: &Source<'_>, rule: &'static Rule, hit: &Range<usize>, found: &mut Found) {
        if hit.start < self.done {
            return;
        }
        let Some(syntax) = self.syntax else {
            return found.mention(rule, hit.start, "names say nothing in such a file");
        };
        let text: &[u8] = &source.text;
        // A keyword may hold the mark behind a short word: `pw =`.
        let letters =
            text.get(hit.clone()).unwrap_or_default().iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
        let Some(end) = name::end(text, hit.start + letters) else { return };
        self.done = end;
        let site = Site { text, syntax, hit: hit.start };
        let call = self.docstrings.as_ref().and_then(|_| python::calls::values(&site, end));
        let (values, promised) =
            call.map_or_else(|| (self.values(&site, end), None), |(values, meaning)| (values, Some(meaning)));
        let Some(Given { binding, .. }) = values.first().cloned() else {
            return found.mention(rule, hit.start, "a word of the rule stands here, but no literal value is given to it");
        };
        if binding.value.len() > LONG {
            if binding.value.start < self.long {
                return;
            }
            self.long = binding.value.end;
        }
        let name = text.get(site.start()..end).unwrap_or_default();
        let mut before = site.line_before().rsplit(|b| !b.is_ascii_alphabetic());
        let promised = promised.or_else(|| name::meaning(name, before.nth(1).unwrap_or_default(), self.names));
        let Some(meaning) = promised else {
            let value = Redacted::new(text.get(binding.value.clone()).unwrap_or_default(), 0);
            return found.dismiss(NO_PROMISE, || Candidate { name: told(name), ..Candidate::new(rule, binding.value, value) });
        };
        // Beside a user stands a password, whatever the pair is called.
        let meaning =
            if binding.form == Form::Login { Meaning { family: Family::Password, vague: false, ..meaning } } else { meaning };
        let is_told = self.docstrings.as_mut().is_some_and(|docstrings| docstrings.contains(text, hit.start));
        let place = *self.place.get_or_insert_with(|| Place::of(source.path, Some(syntax)));
        let place = if place == Place::Plain && (is_told || site.enclosure() == Some(b'#')) { Place::Sample } else { place };
        for Given { binding: Binding { value, form }, joined } in values {
            let named = Named { name, meaning, form, place };
            match joined {
                None => named.judge(text, value, found),
                Some(joined) => named.judge_joined(&joined, value, found),
            }
        }
    }

    /// The literals that the name which ends at `end` is given.
    fn values(&self, site: &Site<'_>, end: usize) -> Vec<Given> {
        if let Some(values) = self.docstrings.as_ref().and_then(|_| python::values(site, end)) {
            return values;
        }
        let Some(Binding { value, form }) = binding::find(site, end) else { return Vec::new() };
        let further = (form == Form::Element).then(|| literal::elements(site.text, value.end));
        let all = std::iter::once(value).chain(further.into_iter().flatten());
        all.map(|value| Given { binding: Binding { value, form }, joined: None }).collect()
    }
}

const NO_PROMISE: &str = "the name does not promise a secret";

/// The name, if it reads like one: it may be a piece of a value that only has a word of ours in it.
fn told(name: &[u8]) -> Option<String> {
    word_likeness(name).is_some_and(|mean| mean > 0.0).then(|| String::from_utf8_lossy(name).into_owned())
}

/// The rule that reports a family.
fn rule(family: Family) -> &'static Rule {
    match family {
        Family::Password => &rules::GENERIC_PASSWORD,
        Family::Secret => &rules::GENERIC_SECRET,
        Family::Token => &rules::GENERIC_TOKEN,
        Family::Key => &rules::GENERIC_KEY,
        Family::Credential => &rules::GENERIC_CREDENTIAL,
    }
}

/// Judges a value that its place declares to be a secret, under the name that it has there, for `rule`.
pub(in crate::secret) fn declared(
    rule: &'static Rule,
    name: &[u8],
    value: &[u8],
    explains: bool,
) -> impl Iterator<Item = Candidate> {
    let meaning = Meaning { family: Family::Secret, vague: false, is_qualified: true };
    let mut found = Found::new(explains);
    Named { name, meaning, form: Form::Pair, place: Place::Plain }.judge(value, 0..value.len(), &mut found);
    found.kept.into_iter().chain(found.dismissed.into_iter().flatten()).map(move |candidate| Candidate { rule, ..candidate })
}

/// A name that promises a secret, and how it stands with its values.
struct Named<'t> {
    name: &'t [u8],
    meaning: Meaning,
    form: Form,
    place: Place,
}

impl Named<'_> {
    fn judge(&self, text: &[u8], range: Range<usize>, found: &mut Found) {
        let scheme = scheme(text.get(range.clone()).unwrap_or_default());
        let range = range.start + scheme..range.end;
        let value = text.get(range.clone()).unwrap_or_default();
        if self.meaning.family == Family::Credential
            && matches!(self.form, Form::Quoted | Form::Wrapped | Form::Default)
            && let Some(password) = behind_user(value)
        {
            let meaning = Meaning { family: Family::Password, vague: false, ..self.meaning };
            return Named { meaning, form: Form::Login, ..*self }.judge(text, range.start + password..range.end, found);
        }
        if let Some(reason) = self.stands_for(value) {
            return found.dismiss(reason, || self.candidate(value, range));
        }
        let shape = Shape::of(value);
        let has_scheme = scheme > 0;
        let place = if self.place == Place::Sample && !reads_like_words(value) { Place::Plain } else { self.place };
        let doubt = match shape {
            Shape::HashSized | Shape::Hex if is_digest_name(self.name) => Some(Doubt::Digest),
            Shape::Word if self.meaning.family == Family::Password && names_user(text, &range) => Some(Doubt::UsersName),
            _ => placeholder::is_interleaved(value).then_some(Doubt::Interleaved),
        };
        let weighed = Value { shape, length: value.len(), has_scheme, place, doubt };
        let weights = Weights::of(self.meaning, self.form, &weighed);
        let evidence =
            || Candidate { notes: weights.notes(self.name, self.form, value, shape), ..self.candidate(value, range.clone()) };
        match (weights.confidence(), shape, doubt) {
            (Some(confidence), ..) => found.push(Candidate { confidence, ..evidence() }),
            (None, Shape::Harmless(reason), _) => found.dismiss(reason, || self.candidate(value, range.clone())),
            (None, _, Some(Doubt::Digest)) => found.dismiss("a digest, by its name", || self.candidate(value, range.clone())),
            (None, ..) => found.dismiss(weights.verdict(), evidence),
        }
    }

    /// The same of a value that is not in the text as it reads, and stands at `range`.
    fn judge_joined(&self, value: &[u8], range: Range<usize>, found: &mut Found) {
        let mut inside = found.another();
        self.judge(value, 0..value.len(), &mut inside);
        let all = inside.kept.into_iter().chain(inside.dismissed.into_iter().flatten());
        found.extend(all.map(|candidate| Candidate { range: range.clone(), ..candidate }));
    }

    /// Why the value only stands for one.
    fn stands_for(&self, value: &[u8]) -> Option<&'static str> {
        if value.len() < 4 {
            return Some("too short");
        }
        let reason = placeholder::is_placeholder(value, Some(self.name));
        reason.or_else(|| is_made_up_basic(value).then_some("a user and a placeholder in base64"))
    }

    fn candidate(&self, value: &[u8], range: Range<usize>) -> Candidate {
        let name = Some(String::from_utf8_lossy(self.name).into_owned());
        Candidate { name, ..Candidate::new(rule(self.meaning.family), range, Redacted::new(value, 0)) }
    }
}

/// Whether the same word stands shortly before the value, as in `user: admin, password: admin`: an account as it is delivered.
fn names_user(text: &[u8], range: &Range<usize>) -> bool {
    const REACH: usize = 160;
    let value = text.get(range.clone()).unwrap_or_default();
    let from = range.start.saturating_sub(REACH);
    let before = text.get(from..range.start).unwrap_or_default();
    let is_letter = |at: Option<usize>| at.and_then(|at| before.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let is_named = |at: usize| {
        let line = before.get(..at).unwrap_or_default().rsplit(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase();
        [&b"user"[..], b"login", b"account", b"uid"].iter().any(|word| memchr::memmem::find(&line, word).is_some())
    };
    memchr::memmem::find_iter(before, value)
        .any(|at| !is_letter(at.checked_sub(1)) && !is_letter(Some(at + value.len())) && is_named(at))
}

/// Where the password begins in `user:password`, which credentials are; an address, a time or a path has other marks too.
fn behind_user(value: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', value)?;
    let (user, password) = (value.get(..colon)?, value.get(colon + 1..)?);
    let is_name = !user.is_empty() && user.iter().all(|b| b.is_ascii_alphanumeric() || b"_.@-".contains(b));
    let is_password = password.len() >= 4 && !password.iter().any(|b| matches!(b, b':' | b'/' | b' ' | b'{' | b'['));
    (is_name && is_password).then_some(colon + 1)
}

/// Whether the letters of a value clearly read like words; short random letters seldom do.
fn reads_like_words(value: &[u8]) -> bool {
    const CLEARLY: f32 = 0.8;
    bigram::word_likeness(value).is_some_and(|mean| mean > CLEARLY)
}

/// Whether the value is `user:password` in base64 whose password is a placeholder.
fn is_made_up_basic(value: &[u8]) -> bool {
    // Of random characters many decode to something with a colon in it, and hardly any to text.
    let Some(decoded) = BASE64.decode(value).ok().filter(|text| text.iter().all(|b| matches!(b, b' '..=b'~'))) else {
        return false;
    };
    let colon = decoded.iter().position(|b| *b == b':');
    colon.and_then(|at| decoded.get(at + 1..)).is_some_and(|password| placeholder::is_placeholder(password, None).is_some())
}

/// Length of an authentication scheme before the value: `Bearer `, `Basic `.
fn scheme(value: &[u8]) -> usize {
    const SCHEMES: &[&str] = &["bearer ", "basic ", "token ", "apikey ", "digest ", "key "];
    let begins = |scheme: &&&str| value.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme.as_bytes()));
    SCHEMES.iter().find(begins).map_or(0, |scheme| scheme.len())
}

/// Names of digests, whose hex is public.
fn is_digest_name(name: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[b"sha", b"md5", b"digest", b"checksum", b"integrity", b"commit", b"etag", b"fingerprint"];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| memchr::memmem::find(&name, word).is_some())
}

/// The rule of that number, if it is one of this engine's.
pub fn rule_of(number: u16) -> Option<&'static Rule> {
    let rule = *rules::ALL.get(usize::from(number))?;
    (matches!(rule.matcher, Matcher::Code) && rule.id.starts_with("generic-")).then_some(rule)
}
