//! Words that people write where a secret will stand: `changeme`, `my-secret-password`.
//! Promises work linear in the value.
//! Knows no templates, masks and sequences (`placeholder` does).

use super::placeholder::is_sequence;

/// Words that say "not a real value" by themselves, sorted.
#[rustfmt::skip]
static MARKS: Words = Words::new(&[
    "adgangskode", "anything", "apikey", "asdf", "bar", "baz", "blah", "bogus", "censored", "change", "changeit", "changeme",
    "contrasena", "credential", "credentials", "dummy", "eggs", "example", "expired", "fake", "fixme", "foo", "foobar", "haslo",
    "heslo", "hidden", "ignored", "incorrect", "insecure", "insert", "invalid", "ipsum", "kennwort", "lorem", "masked", "mock",
    "motdepasse", "notreal", "parola", "pass", "passphrase", "passwd", "password", "passwort", "placeholder", "pwd", "qux",
    "redacted", "removed", "replace", "salasana", "sample", "secret", "senha", "sensitive", "something", "spam", "stub",
    "supersecret", "test", "testing", "tests", "todo", "token", "topsecret", "unsafe", "unused", "wachtwoord", "whatever", "wrong",
    "xxx", "xxxx", "your",
]);

/// Words that count where a mark stands beside them, sorted.
#[rustfmt::skip]
static FILLERS: Words = Words::new(&[
    "a", "access", "account", "admin", "an", "and", "another", "anyone", "api", "app", "auth", "aws", "bad", "be", "bearer", "by",
    "client", "code", "cookie", "correct", "csrf", "data", "database", "db", "default", "demo", "dev", "django", "dont", "email",
    "empty", "encrypted", "enter", "first", "flask", "for", "from", "generated", "github", "good", "hash", "here", "host", "hub",
    "id", "in", "is", "it", "jwt", "key", "keys", "local", "login", "long", "mail", "master", "me", "must", "my", "mysql", "name",
    "new", "no", "not", "oauth", "of", "old", "one", "or", "other", "own", "plain", "please", "postgres", "private", "prod",
    "provided", "public", "put", "random", "real", "redis", "refresh", "root", "second", "secure", "server", "service", "session",
    "set", "shared", "short", "signing", "smtp", "some", "string", "strong", "super", "tell", "temp", "that", "the", "this", "tmp",
    "to", "two", "use", "user", "username", "valid", "value", "very", "webhook", "with",
]);

/// Whether marks and their fillers make up at least 60 % of the letters.
pub fn covers(value: &[u8]) -> bool {
    const LONGEST: usize = 80;
    if value.len() > LONGEST {
        return false;
    }
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let (mut at, mut covered, mut marked) = (0, 0, 0);
    while let Some(rest) = value.get(at..).filter(|rest| !rest.is_empty()) {
        let mark = MARKS.longest(rest);
        let filler = FILLERS.longest(rest);
        let step = mark.max(filler);
        if step == 0 {
            at += 1;
            continue;
        }
        covered += step;
        marked += if mark >= filler { mark } else { 0 };
        at += step;
    }
    // Digits and marks beside the words (`test-1234`) change little, unless there are more of them than letters: `Pass123!@#` is chosen.
    let digits = value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let counted =
        value.get(value.len() - digits..).is_some_and(|digits| digits.len() >= 3 && is_sequence(digits) || digits == b"123");
    let others = if counted { 0 } else { value.iter().filter(|b| b.is_ascii_digit() || b"!@#$%^&*".contains(b)).count() };
    marked >= 3 && covered * 10 >= letters * 6 && others <= letters
}

/// A sorted list of words in lower case.
struct Words {
    words: &'static [&'static str],
    /// Where the words of each letter begin; one more at the end.
    starts: [usize; 27],
}

impl Words {
    #[expect(clippy::indexing_slicing, reason = "a panic here stops the build")]
    const fn new(words: &'static [&'static str]) -> Self {
        let mut starts = [0; 27];
        let mut number = 0;
        while number < words.len() {
            let mut later = (words[number].as_bytes()[0] - b'a') as usize + 1;
            while later < starts.len() {
                starts[later] = number + 1;
                later += 1;
            }
            number += 1;
        }
        Self { words, starts }
    }

    /// Length of the longest of them that `text` begins with, in either case. Asked at every letter of every value.
    fn longest(&self, text: &[u8]) -> usize {
        let letter = text.first().map_or(0, u8::to_ascii_lowercase);
        let Some(place) = letter.checked_sub(b'a').map(usize::from) else { return 0 };
        let (Some(&start), Some(&end)) = (self.starts.get(place), self.starts.get(place + 1)) else { return 0 };
        let begins = |word: &&&str| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
        self.words.get(start..end).unwrap_or_default().iter().filter(begins).map(|word| word.len()).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        assert!(MARKS.words.is_sorted() && FILLERS.words.is_sorted());
    }
}
