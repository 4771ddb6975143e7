//! The words that a project adds to the names of passwords, or takes from the names of secrets.
//! Promises that a project without such words pays nothing for them.
//! Decides by the last words of a name alone, as `name` does.

use aho_corasick::AhoCorasick;

use super::name::Words;

/// A word shorter than this stands in every other identifier.
const SHORTEST: usize = 3;

/// A name as its words: `zip-code` and `zipCode` are the same two.
type Phrase = Vec<Box<[u8]>>;

/// What a project says of names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    add: Vec<Phrase>,
    remove: Vec<Phrase>,
    /// Finds the last word of what is added; `None` if nothing is.
    finder: Option<AhoCorasick>,
}

/// What a project says of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    IsPassword,
    IsNone,
    Nothing,
}

impl Names {
    /// `add` and `remove` are names of one or more words. Those that [`can_be_added`] refuses are never found.
    ///
    /// # Panics
    /// If there are more words than an automaton has states for: two thousand million bytes, four times the longest configuration.
    pub fn new<'n>(add: impl IntoIterator<Item = &'n str>, remove: impl IntoIterator<Item = &'n str>) -> Self {
        let add: Vec<Phrase> = add.into_iter().filter(|name| can_be_added(name)).map(phrase).collect();
        let remove = remove.into_iter().map(phrase).filter(|words| !words.is_empty()).collect();
        let finder = (!add.is_empty()).then(|| {
            let last = add.iter().filter_map(|words| words.last());
            let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(last);
            finder.expect("invariant: the words of a configuration are fewer than an automaton has room for")
        });
        Self { add, remove, finder }
    }

    /// Whether nothing is said of any name.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// Where a name may stand that was added, in the order of the text.
    pub fn hits<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = std::ops::Range<usize>> + 't {
        self.finder.iter().flat_map(move |finder| finder.find_iter(text)).map(|hit| hit.range())
    }

    /// What is said of a name that ends in these words. What is taken away counts more than what is added.
    pub fn say(&self, words: &[&[u8]]) -> Said {
        let ends = |phrases: &[Phrase]| phrases.iter().any(|phrase| ends_with(words, phrase));
        if ends(&self.remove) {
            Said::IsNone
        } else if ends(&self.add) {
            Said::IsPassword
        } else {
            Said::Nothing
        }
    }
}

/// Whether a name can be looked for: letters, digits, `_`, `-` and `.`, and a last word of three letters.
pub fn can_be_added(name: &str) -> bool {
    can_be_removed(name) && phrase(name).last().is_some_and(|word| String::from_utf8_lossy(word).chars().count() >= SHORTEST)
}

/// Whether a name has words at all, and nothing else.
pub fn can_be_removed(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) && !phrase(name).is_empty()
}

fn phrase(name: &str) -> Phrase {
    let words = Words::of(name.as_bytes());
    words.filter_map(|range| name.as_bytes().get(range)).map(Box::from).collect()
}

fn ends_with(words: &[&[u8]], phrase: &Phrase) -> bool {
    words
        .len()
        .checked_sub(phrase.len())
        .and_then(|from| words.get(from..))
        .is_some_and(|tail| tail.iter().zip(phrase).all(|(word, wanted)| word.eq_ignore_ascii_case(wanted)))
}
