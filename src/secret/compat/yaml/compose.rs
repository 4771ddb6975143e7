//! Events into nodes: anchors and aliases resolved, strings marked with the line on which they count as found.
//! Promises the lines that detect-secrets takes from the loader: those of the moment when a mapping is complete.
//! Merges and duplicate keys are for `construct`.

use std::collections::HashMap;

use super::event::Parser;
use super::resolve::{self, Type};
use super::token::{Event, Properties};
use super::{Read, Refused};

/// The place of a node in [`Document::nodes`].
pub(super) type Id = usize;

#[derive(Clone, Debug)]
pub(super) enum Node {
    Scalar {
        kind: Type,
        text: String,
        line: usize,
    },
    Sequence {
        kind: Type,
        items: Vec<Id>,
    },
    Mapping {
        kind: Type,
        pairs: Vec<(Id, Id)>,
    },
    /// A string or binary that is the value of a mapping: the key and the scalar, and the line at that time.
    Text {
        key: Id,
        scalar: Id,
        line: usize,
    },
}

#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) nodes: Vec<Node>,
    pub(super) root: Option<Id>,
}

/// Nodes within nodes; PyYAML runs out of Python's stack a little later.
const DEEPEST: usize = 300;
/// Pairs that aliases repeat; more than that is an attack.
const MOST_REPEATED: usize = 1 << 20;

/// The one document of a text.
pub(super) fn document(text: &str) -> Option<Document> {
    let mut composer =
        Composer { parser: Parser::new(text), document: Document::default(), anchors: HashMap::new(), repeated: 0 };
    composer.stream().ok().map(|()| composer.document)
}

struct Composer<'t> {
    parser: Parser<'t>,
    document: Document,
    anchors: HashMap<String, Id>,
    repeated: usize,
}

impl Composer<'_> {
    fn stream(&mut self) -> Read<()> {
        if *self.parser.peek()? != Event::StreamEnd {
            self.parser.take()?;
            self.document.root = Some(self.node(0)?);
            self.parser.take()?;
        }
        if *self.parser.peek()? == Event::StreamEnd { Ok(()) } else { Err(Refused) }
    }

    fn add(&mut self, node: Node, anchor: Option<String>) -> Read<Id> {
        let id = self.document.nodes.len();
        self.document.nodes.push(node);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id).is_none().then_some(()).ok_or(Refused)?;
        }
        Ok(id)
    }

    fn node(&mut self, depth: usize) -> Read<Id> {
        if depth > DEEPEST {
            return Err(Refused);
        }
        // Before the next event is asked for: that may make the scanner read on.
        let line = self.parser.line()?;
        let id = match self.parser.take()? {
            Event::Alias(name) => {
                let id = *self.anchors.get(&name).ok_or(Refused)?;
                match self.document.nodes.get_mut(id) {
                    Some(Node::Scalar { line: old, .. }) => *old = line,
                    Some(Node::Mapping { pairs, .. }) => self.repeated += pairs.len(),
                    _ => {}
                }
                id
            }
            Event::Scalar { properties: Properties { anchor, tag }, text, implicit } => {
                let kind = match tag.as_deref().filter(|tag| *tag != "!") {
                    Some(tag) => resolve::tagged(tag),
                    None if implicit => resolve::implicit(&text),
                    None => Type::Str,
                };
                self.add(Node::Scalar { kind, text, line }, anchor)?
            }
            Event::SequenceStart(properties) => self.sequence(properties, depth)?,
            Event::MappingStart(properties) => self.mapping(properties, depth)?,
            _ => return Err(Refused),
        };
        match self.document.nodes.get(id) {
            Some(Node::Mapping { kind: Type::Map, .. }) => self.mark(id),
            _ => Ok(id),
        }
    }

    fn sequence(&mut self, Properties { anchor, tag }: Properties, depth: usize) -> Read<Id> {
        let kind = tag.as_deref().filter(|tag| *tag != "!").map_or(Type::Seq, resolve::tagged);
        let id = self.add(Node::Sequence { kind, items: Vec::new() }, anchor)?;
        while *self.parser.peek()? != Event::End {
            let item = self.node(depth + 1)?;
            if let Some(Node::Sequence { items, .. }) = self.document.nodes.get_mut(id) {
                items.push(item);
            }
        }
        self.parser.take()?;
        Ok(id)
    }

    fn mapping(&mut self, Properties { anchor, tag }: Properties, depth: usize) -> Read<Id> {
        let kind = tag.as_deref().filter(|tag| *tag != "!").map_or(Type::Map, resolve::tagged);
        let id = self.add(Node::Mapping { kind, pairs: Vec::new() }, anchor)?;
        while *self.parser.peek()? != Event::End {
            let pair = (self.node(depth + 1)?, self.node(depth + 1)?);
            if let Some(Node::Mapping { pairs, .. }) = self.document.nodes.get_mut(id) {
                pairs.push(pair);
            }
        }
        self.parser.take()?;
        Ok(id)
    }

    /// A copy of the mapping in which strings know their lines as they are now: an alias may move them later.
    fn mark(&mut self, id: Id) -> Read<Id> {
        self.parser.in_inline_mapping = false;
        let Some(Node::Mapping { kind, pairs }) = self.document.nodes.get(id).cloned() else { return Err(Refused) };
        if self.repeated > MOST_REPEATED {
            return Err(Refused);
        }
        let mut marked = Vec::with_capacity(pairs.len());
        for (key, scalar) in pairs {
            let text = match self.document.nodes.get(scalar) {
                Some(&Node::Scalar { kind: Type::Str | Type::Binary, line, .. }) => Some(Node::Text { key, scalar, line }),
                _ => None,
            };
            let value = text.map_or(Ok(scalar), |text| self.add(text, None))?;
            marked.push((key, value));
        }
        self.add(Node::Mapping { kind, pairs: marked }, None)
    }
}
