//! What a baseline must look like: audited, explained, without confirmed secrets.
//! Promises that a rule holds for both files and for a finding that an entry would forgive. Reads no configuration: that is `config`.

use super::companion::{Label, Note};

/// The demands of the configuration on entries of the baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Entries without label do not forgive.
    pub fail_on_unaudited: bool,
    /// Entries labelled as real secrets do not forgive.
    pub fail_on_real: bool,
    /// A labelled entry must also give these.
    pub label_needs: Vec<Need>,
}

/// What a labelled entry must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Reason,
    Owner,
    Until,
}

impl Need {
    /// Its name in the configuration and in a note.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Owner => "owner",
            Self::Until => "until",
        }
    }
}

impl Policy {
    /// Whether an entry with this note says of its value that nothing may forgive it.
    pub fn refuses_as_real(&self, note: &Note) -> bool {
        self.fail_on_real && note.label == Some(Label::Real)
    }

    /// Why an entry with this note does not forgive.
    pub fn refusal(&self, note: &Note) -> Option<String> {
        let Some(label) = note.label else {
            return self.fail_on_unaudited.then(|| "the baseline entry was never audited; `baseline audit` labels it".to_owned());
        };
        if self.refuses_as_real(note) {
            return Some("the baseline entry is labelled a real secret; remove and rotate it".to_owned());
        }
        let needs = self.missing(note);
        let (names, gives) =
            (listed(needs.iter().map(|need| need.as_str().to_owned())), if needs.len() == 1 { "it" } else { "them" });
        (!needs.is_empty()).then(|| {
            format!(
                "the baseline entry is labelled `{label}` without {names}; `baseline audit --mark {label} {} --hash HASH` gives {gives}",
                options(&needs)
            )
        })
    }

    /// All that a label lacks that comes with this note.
    pub fn missing(&self, note: &Note) -> Vec<Need> {
        let is_missing = |need: &Need| match need {
            Need::Reason => note.reason.is_none(),
            Need::Owner => note.owner.is_none(),
            Need::Until => note.until.is_none(),
        };
        self.label_needs.iter().copied().filter(is_missing).collect()
    }
}

/// `reason`; `reason and owner`; `reason, owner and until`.
pub fn listed(parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) }
}

/// The options of `baseline audit` that give them.
pub fn options(needs: &[Need]) -> String {
    needs.iter().map(|need| format!("--{} …", need.as_str())).collect::<Vec<_>>().join(" ")
}

/// The label of an entry: the companion's unless detect-secrets' flag contradicts it; then the stricter one, which says that the
/// secret is real.
pub fn effective_label(label: Option<Label>, is_secret: Option<bool>) -> Option<Label> {
    match (label, is_secret) {
        (Some(label), Some(is_secret)) if label.is_secret() || !is_secret => Some(label),
        (Some(label), None) => Some(label),
        (_, Some(is_secret)) => Some(Label::from_is_secret(is_secret)),
        (None, None) => None,
    }
}
