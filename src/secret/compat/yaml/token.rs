//! The tokens of YAML 1.1.
//! Promises nothing but names; `scanner` makes them, `event` reads them.
//! A token remembers the line it began on, as that is all that is asked of it.

/// A token and the line (from 0) where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    StreamEnd,
    Directive(Directive),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag(Tag),
    Scalar { text: String, plain: bool },
}

/// A tag as written: a handle, if it has one, and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) handle: Option<String>,
    pub(super) suffix: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    /// The major version.
    Yaml(u64),
    Tag {
        handle: String,
        prefix: String,
    },
    Other,
}
