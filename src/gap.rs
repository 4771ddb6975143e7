//! What could not be judged, a file or a part of it: why, and what to do about it.
//! Promises that there is no reason without a remedy, and that several gaps of one file read as one.
//! Does not know whether somebody accepts it; see `accept-unread` in `config`.

use std::borrow::Cow;

/// Why something was not judged. Both texts are lower case, without a full stop, and hold no part of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    pub reason: Cow<'static, str>,
    /// What to do, but for accepting it.
    pub remedy: Cow<'static, str>,
}

impl Gap {
    /// A gap that is always told alike.
    pub const fn of(reason: &'static str, remedy: &'static str) -> Self {
        Self { reason: Cow::Borrowed(reason), remedy: Cow::Borrowed(remedy) }
    }

    pub fn new(reason: impl Into<Cow<'static, str>>, remedy: &'static str) -> Self {
        Self { reason: reason.into(), remedy: Cow::Borrowed(remedy) }
    }

    /// The same, of a part of the file.
    #[must_use]
    pub fn in_part(self, part: &str) -> Self {
        Self { reason: format!("{part}: {}", self.reason).into(), ..self }
    }

    /// Several as one: all reasons, and each remedy once; `None` without any.
    pub fn join(gaps: impl IntoIterator<Item = Self>) -> Option<Self> {
        let (mut reasons, mut remedies) = (Vec::new(), Vec::new());
        for Self { reason, remedy } in gaps {
            for (all, text) in [(&mut reasons, reason), (&mut remedies, remedy)] {
                if !all.contains(&text) {
                    all.push(text);
                }
            }
        }
        let joined = |texts: Vec<Cow<'static, str>>| Cow::Owned(texts.join("; "));
        (!reasons.is_empty()).then(|| Self { reason: joined(reasons), remedy: joined(remedies) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_joined_without_saying_a_remedy_twice() {
        let large = Gap::of("it is too large", "raise the limit");
        let many = [large.clone().in_part("`a`"), large.in_part("`b`"), Gap::of("it is deep", "raise the depth")];
        let joined = Gap::new("`a`: it is too large; `b`: it is too large; it is deep", "raise the limit; raise the depth");
        assert_eq!(Gap::join(many), Some(joined));
        assert_eq!(Gap::join([]), None);
    }
}
