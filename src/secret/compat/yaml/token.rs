//! The tokens of YAML 1.1, and the events that they are read into.
//! Promises nothing but names; `scanner` makes tokens, `event` turns them into events, `compose` reads those.
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

/// What a run of tokens means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(String),
    /// `implicit`: the type is told from the text.
    Scalar {
        properties: Properties,
        text: String,
        implicit: bool,
    },
    SequenceStart(Properties),
    MappingStart(Properties),
    /// The end of a sequence or mapping.
    End,
}

/// What stands before a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) anchor: Option<String>,
    /// The whole tag; `!` says that the node has the type that it looks like.
    pub(super) tag: Option<String>,
}
