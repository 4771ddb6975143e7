//! Tokens into events: where documents, sequences, mappings and scalars begin and end.
//! Promises to ask for tokens in the order in which PyYAML's parser does, so that the scanner's line is the same at every event.
//! Anchors, merges and types are for `compose` and `construct`.

use std::collections::HashMap;

use super::scanner::Scanner;
use super::token::{Directive, Event, Kind, Properties, Tag};
use super::{Read, Refused};

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceEntry { first: bool },
    IndentlessEntry,
    BlockMappingKey { first: bool },
    BlockMappingValue,
    FlowSequenceEntry { first: bool },
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingKey { first: bool },
    FlowMappingValue,
    FlowMappingEmptyValue,
    Done,
}

/// Where a node may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Flow,
    Block,
    /// In a block mapping, where a sequence needs no deeper indent.
    BlockValue,
}

#[derive(Debug)]
pub(super) struct Parser<'t> {
    scanner: Scanner<'t>,
    state: State,
    states: Vec<State>,
    /// The lines on which the open collections began.
    marks: Vec<usize>,
    handles: HashMap<String, String>,
    current: Option<Event>,
    /// Whether a value that is composed now takes the line on which its flow mapping began: detect-secrets' doing, kept from the key of
    /// a flow mapping to the end of any mapping.
    pub(super) in_inline_mapping: bool,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            scanner: Scanner::new(text),
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            marks: Vec::new(),
            handles: default_handles(),
            current: None,
            in_inline_mapping: false,
        }
    }

    pub(super) fn peek(&mut self) -> Read<&Event> {
        if self.current.is_none() {
            self.current = Some(self.parse()?);
        }
        self.current.as_ref().ok_or(Refused)
    }

    pub(super) fn take(&mut self) -> Read<Event> {
        self.peek()?;
        self.current.take().ok_or(Refused)
    }

    /// The line (from 0) that a node composed now is said to stand on.
    pub(super) fn line(&self) -> Read<usize> {
        if self.in_inline_mapping { self.marks.last().copied().ok_or(Refused) } else { Ok(self.scanner.line()) }
    }

    fn is(&mut self, wanted: impl Fn(&Kind) -> bool) -> Read<bool> {
        self.scanner.peek().map(|token| wanted(&token.kind))
    }

    fn pop(&mut self) -> Read<()> {
        self.state = self.states.pop().ok_or(Refused)?;
        Ok(())
    }

    fn parse(&mut self) -> Read<Event> {
        match self.state {
            State::ImplicitDocumentStart => self.implicit_document_start(),
            State::DocumentStart => self.document_start(),
            State::DocumentContent => {
                if self.is(|k| matches!(k, Kind::Directive(_) | Kind::DocumentStart | Kind::DocumentEnd | Kind::StreamEnd))? {
                    self.pop()?;
                    return Ok(empty());
                }
                self.node(Place::Block)
            }
            State::DocumentEnd => {
                if self.is(|k| *k == Kind::DocumentEnd)? {
                    self.scanner.take()?;
                }
                self.state = State::DocumentStart;
                Ok(Event::DocumentEnd)
            }
            State::BlockNode => self.node(Place::Block),
            State::BlockSequenceEntry { first } => self.block_sequence_entry(first),
            State::IndentlessEntry => self.indentless_entry(),
            State::BlockMappingKey { first } => self.block_mapping_key(first),
            State::BlockMappingValue => self.value(
                |k| matches!(k, Kind::Key | Kind::Value | Kind::BlockEnd),
                State::BlockMappingKey { first: false },
                Place::BlockValue,
            ),
            State::FlowSequenceEntry { first } => self.flow_sequence_entry(first),
            State::FlowPairKey => {
                self.scanner.take()?;
                self.node_or_empty(
                    |k| matches!(k, Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd),
                    State::FlowPairValue,
                    Place::Flow,
                )
            }
            State::FlowPairValue => {
                self.value(|k| matches!(k, Kind::FlowEntry | Kind::FlowSequenceEnd), State::FlowPairEnd, Place::Flow)
            }
            State::FlowPairEnd => {
                self.state = State::FlowSequenceEntry { first: false };
                self.scanner.peek()?;
                Ok(Event::End)
            }
            State::FlowMappingKey { first } => self.flow_mapping_key(first),
            State::FlowMappingValue => self.value(
                |k| matches!(k, Kind::FlowEntry | Kind::FlowMappingEnd),
                State::FlowMappingKey { first: false },
                Place::Flow,
            ),
            State::FlowMappingEmptyValue => {
                self.state = State::FlowMappingKey { first: false };
                self.scanner.peek()?;
                Ok(empty())
            }
            State::Done => Err(Refused),
        }
    }

    fn implicit_document_start(&mut self) -> Read<Event> {
        if self.is(|k| matches!(k, Kind::Directive(_) | Kind::DocumentStart | Kind::StreamEnd))? {
            return self.document_start();
        }
        self.states.push(State::DocumentEnd);
        self.state = State::BlockNode;
        Ok(Event::DocumentStart)
    }

    fn document_start(&mut self) -> Read<Event> {
        while self.is(|k| *k == Kind::DocumentEnd)? {
            self.scanner.take()?;
        }
        if self.is(|k| *k == Kind::StreamEnd)? {
            self.scanner.take()?;
            self.state = State::Done;
            return Ok(Event::StreamEnd);
        }
        self.directives()?;
        if self.scanner.take()?.kind != Kind::DocumentStart {
            return Err(Refused);
        }
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(Event::DocumentStart)
    }

    fn directives(&mut self) -> Read<()> {
        let mut versioned = false;
        let mut handles = HashMap::new();
        while self.is(|k| matches!(k, Kind::Directive(_)))? {
            match self.scanner.take()?.kind {
                Kind::Directive(Directive::Yaml(1)) if !versioned => versioned = true,
                Kind::Directive(Directive::Tag { handle, prefix }) => {
                    handles.insert(handle, prefix).is_none().then_some(()).ok_or(Refused)?;
                }
                Kind::Directive(Directive::Other) => {}
                _ => return Err(Refused),
            }
        }
        self.handles = default_handles();
        self.handles.extend(handles);
        Ok(())
    }

    fn node(&mut self, place: Place) -> Read<Event> {
        if self.is(|k| matches!(k, Kind::Alias(_)))? {
            let Kind::Alias(name) = self.scanner.take()?.kind else { return Err(Refused) };
            self.pop()?;
            return Ok(Event::Alias(name));
        }
        let properties = self.properties()?;
        if place == Place::BlockValue && self.is(|k| *k == Kind::BlockEntry)? {
            self.state = State::IndentlessEntry;
            return Ok(Event::SequenceStart(properties));
        }
        let block = place != Place::Flow;
        let bare = properties.anchor.is_none() && properties.tag.is_none();
        self.state = match &self.scanner.peek()?.kind {
            Kind::Scalar { .. } => {
                let Kind::Scalar { text, plain } = self.scanner.take()?.kind else { return Err(Refused) };
                self.pop()?;
                let implicit = properties.tag.as_ref().map_or(plain, |tag| tag == "!");
                return Ok(Event::Scalar { properties, text, implicit });
            }
            Kind::FlowSequenceStart => State::FlowSequenceEntry { first: true },
            Kind::FlowMappingStart => State::FlowMappingKey { first: true },
            Kind::BlockSequenceStart if block => State::BlockSequenceEntry { first: true },
            Kind::BlockMappingStart if block => State::BlockMappingKey { first: true },
            _ if bare => return Err(Refused),
            _ => {
                self.pop()?;
                let implicit = properties.tag.as_ref().is_none_or(|tag| tag == "!");
                return Ok(Event::Scalar { properties, text: String::new(), implicit });
            }
        };
        let is_mapping = matches!(self.state, State::FlowMappingKey { .. } | State::BlockMappingKey { .. });
        Ok(if is_mapping { Event::MappingStart(properties) } else { Event::SequenceStart(properties) })
    }

    /// An anchor, a tag, or both in either order.
    fn properties(&mut self) -> Read<Properties> {
        let mut properties = Properties::default();
        for _ in 0..2 {
            match &self.scanner.peek()?.kind {
                Kind::Anchor(name) if properties.anchor.is_none() => properties.anchor = Some(name.clone()),
                Kind::Tag(Tag { handle, suffix }) if properties.tag.is_none() => {
                    let prefix = match handle {
                        Some(handle) => self.handles.get(handle).ok_or(Refused)?,
                        None => "",
                    };
                    properties.tag = Some(format!("{prefix}{suffix}"));
                }
                _ => break,
            }
            self.scanner.take()?;
        }
        Ok(properties)
    }

    /// A node, or an empty scalar where one of the tokens follows that end it; then the given state.
    fn node_or_empty(&mut self, ends: impl Fn(&Kind) -> bool, then: State, place: Place) -> Read<Event> {
        if self.is(ends)? {
            self.state = then;
            return Ok(empty());
        }
        self.states.push(then);
        self.node(place)
    }

    /// The value of a pair, which may be left out.
    fn value(&mut self, ends: impl Fn(&Kind) -> bool, then: State, place: Place) -> Read<Event> {
        if self.is(|k| *k == Kind::Value)? {
            self.scanner.take()?;
            return self.node_or_empty(ends, then, place);
        }
        self.state = then;
        Ok(empty())
    }

    fn begin(&mut self) -> Read<()> {
        let token = self.scanner.take()?;
        self.marks.push(token.line);
        Ok(())
    }

    fn end(&mut self) -> Read<Event> {
        self.scanner.take()?;
        self.marks.pop();
        self.pop()?;
        Ok(Event::End)
    }

    fn block_sequence_entry(&mut self, first: bool) -> Read<Event> {
        if first {
            self.begin()?;
        }
        if self.is(|k| *k == Kind::BlockEntry)? {
            self.scanner.take()?;
            let then = State::BlockSequenceEntry { first: false };
            return self.node_or_empty(|k| matches!(k, Kind::BlockEntry | Kind::BlockEnd), then, Place::Block);
        }
        if self.is(|k| *k == Kind::BlockEnd)? { self.end() } else { Err(Refused) }
    }

    fn indentless_entry(&mut self) -> Read<Event> {
        if self.is(|k| *k == Kind::BlockEntry)? {
            self.scanner.take()?;
            let ends = |k: &Kind| matches!(k, Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd);
            return self.node_or_empty(ends, State::IndentlessEntry, Place::Block);
        }
        self.pop()?;
        Ok(Event::End)
    }

    fn block_mapping_key(&mut self, first: bool) -> Read<Event> {
        if first {
            self.begin()?;
        }
        if self.is(|k| *k == Kind::Key)? {
            self.scanner.take()?;
            let ends = |k: &Kind| matches!(k, Kind::Key | Kind::Value | Kind::BlockEnd);
            return self.node_or_empty(ends, State::BlockMappingValue, Place::BlockValue);
        }
        if self.is(|k| *k == Kind::BlockEnd)? { self.end() } else { Err(Refused) }
    }

    /// The comma before all entries but the first.
    fn separator(&mut self, first: bool) -> Read<()> {
        if first {
            return Ok(());
        }
        if self.is(|k| *k == Kind::FlowEntry)? { self.scanner.take().map(drop) } else { Err(Refused) }
    }

    fn flow_sequence_entry(&mut self, first: bool) -> Read<Event> {
        if first {
            self.begin()?;
        }
        if !self.is(|k| *k == Kind::FlowSequenceEnd)? {
            self.separator(first)?;
            if self.is(|k| *k == Kind::Key)? {
                self.state = State::FlowPairKey;
                return Ok(Event::MappingStart(Properties::default()));
            }
            if !self.is(|k| *k == Kind::FlowSequenceEnd)? {
                self.states.push(State::FlowSequenceEntry { first: false });
                return self.node(Place::Flow);
            }
        }
        self.end()
    }

    fn flow_mapping_key(&mut self, first: bool) -> Read<Event> {
        if first {
            self.begin()?;
        }
        self.in_inline_mapping = (first && self.marks.last() == Some(&self.scanner.peek()?.line)) || self.holds_inline_entry();
        if !self.is(|k| *k == Kind::FlowMappingEnd)? {
            self.separator(first)?;
            if self.is(|k| *k == Kind::Key)? {
                self.scanner.take()?;
                let ends = |k: &Kind| matches!(k, Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd);
                return self.node_or_empty(ends, State::FlowMappingValue, Place::Flow);
            }
            if !self.is(|k| *k == Kind::FlowMappingEnd)? {
                self.states.push(State::FlowMappingEmptyValue);
                return self.node(Place::Flow);
            }
        }
        self.end()
    }

    /// Whether the tokens that the scanner holds are a comma and, if there is a second one, a key.
    fn holds_inline_entry(&self) -> bool {
        self.scanner.held(0) == Some(&Kind::FlowEntry) && self.scanner.held(1).is_none_or(|kind| *kind == Kind::Key)
    }
}

fn empty() -> Event {
    Event::Scalar { properties: Properties::default(), text: String::new(), implicit: true }
}

fn default_handles() -> HashMap<String, String> {
    [("!", "!"), ("!!", "tag:yaml.org,2002:")].map(|(handle, prefix)| (handle.to_owned(), prefix.to_owned())).into()
}
