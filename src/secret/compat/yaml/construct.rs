//! Nodes into values: merges applied, the later of two equal keys taken, what cannot be built refused.
//! Promises the values in the order in which detect-secrets meets them, breadth first, in time linear in the document.
//! Builds nothing else of the document.

use std::collections::{HashMap, HashSet, VecDeque};

use data_encoding::BASE64;

use super::compose::{Document, Id, Node};
use super::resolve::{self, Type};
use super::{Read, Refused, Value};

/// Pairs that merges repeat; more than that is an attack.
const MOST_MERGED: usize = 1 << 20;
/// Merges within merges.
const DEEPEST: usize = 200;

/// The values of a document; `None` where PyYAML raises.
pub(super) fn values(document: Document) -> Option<Vec<Value>> {
    let Some(root) = document.root else { return Some(Vec::new()) };
    let mut nodes = document.nodes;
    let marks = nodes.len();
    nodes.push(Node::Scalar { kind: Type::Str, text: "__line__".to_owned(), line: 0 });
    let mut constructor = Constructor { nodes, marks, merged: 0 };
    constructor.check(root).ok()?;
    constructor.walk(root).ok()
}

struct Constructor {
    nodes: Vec<Node>,
    /// The key under which a mapping holds a string that was merged into it: detect-secrets has made a mapping of that string.
    marks: Id,
    merged: usize,
}

impl Constructor {
    fn node(&self, id: Id) -> Read<&Node> {
        self.nodes.get(id).ok_or(Refused)
    }

    /// Everything below must be something that Python can build; merges are applied on the way.
    fn check(&mut self, root: Id) -> Read<()> {
        let mut open = vec![root];
        let mut seen = HashSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.node(id)? {
                Node::Scalar { kind: Type::Value, .. } => return Err(Refused),
                Node::Scalar { kind, text, .. } => drop(resolve::key(*kind, text)?),
                Node::Text { scalar, .. } => open.push(*scalar),
                Node::Sequence { kind: Type::Seq, items } => open.extend(items),
                Node::Sequence { kind: Type::Omap | Type::Pairs, items } => {
                    for &item in items {
                        let Node::Mapping { pairs, .. } = self.node(item)? else { return Err(Refused) };
                        let [(key, value)] = **pairs else { return Err(Refused) };
                        open.extend([key, value]);
                    }
                }
                Node::Mapping { kind: Type::Map | Type::Set, .. } => {
                    self.flatten(id, 0)?;
                    let Node::Mapping { pairs, .. } = self.node(id)? else { return Err(Refused) };
                    for &(key, value) in pairs {
                        self.key(key)?;
                        open.push(value);
                    }
                }
                _ => return Err(Refused),
            }
        }
        Ok(())
    }

    /// The key in a form in which equal ones are equal; collections are no keys.
    fn key(&self, id: Id) -> Read<String> {
        match self.node(id)? {
            Node::Scalar { kind, text, .. } => resolve::key(*kind, text),
            _ => Err(Refused),
        }
    }

    /// Puts the pairs of merged mappings before the mapping's own.
    fn flatten(&mut self, id: Id, depth: usize) -> Read<()> {
        let Node::Mapping { pairs, .. } = self.node(id)? else { return Err(Refused) };
        let is_merge = |id: Id| matches!(self.nodes.get(id), Some(Node::Scalar { kind: Type::Merge, .. }));
        if !pairs.iter().any(|&(key, _)| is_merge(key)) {
            return Ok(());
        }
        let (merges, own): (Vec<_>, Vec<_>) = pairs.iter().partition(|&&(key, _)| is_merge(key));
        let mut all: Vec<(Id, Id)> = Vec::new();
        let mut known = HashSet::new();
        for (_, from) in merges {
            let mappings = match self.node(from)? {
                Node::Text { .. } => {
                    all.extend(known.insert(self.object(self.marks)).then_some((self.marks, from)));
                    continue;
                }
                Node::Sequence { items, .. } => items.clone(),
                _ => vec![from],
            };
            for mapping in mappings {
                if mapping == id || depth > DEEPEST {
                    return Err(Refused);
                }
                self.flatten(mapping, depth + 1)?;
                let Node::Mapping { pairs, .. } = self.node(mapping)? else { return Err(Refused) };
                all.extend(pairs.iter().filter(|&&(key, _)| known.insert(self.object(key))));
                self.merged += pairs.len();
                if self.merged > MOST_MERGED {
                    return Err(Refused);
                }
            }
        }
        all.extend(own);
        if let Some(Node::Mapping { pairs, .. }) = self.nodes.get_mut(id) {
            *pairs = all;
        }
        Ok(())
    }

    /// What Python takes for the same object as this key: PyYAML merges the first of those only. Texts of one character exist once.
    fn object(&self, key: Id) -> Result<char, Id> {
        match self.nodes.get(key) {
            Some(Node::Scalar { text, .. }) if text.is_empty() => Ok('\u{100}'),
            Some(Node::Scalar { text, .. }) if text.chars().nth(1).is_none() => {
                text.chars().next().filter(|&c| c < '\u{100}').ok_or(key)
            }
            _ => Err(key),
        }
    }

    /// Breadth first; a node that was met before would only give equal values again.
    fn walk(&self, root: Id) -> Read<Vec<Value>> {
        let mut values = Vec::new();
        let mut open = VecDeque::from([root]);
        let mut seen = HashSet::new();
        while let Some(id) = open.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            match self.node(id)? {
                Node::Text { key, scalar, line } => values.push(self.value(*key, *scalar, *line)?),
                Node::Sequence { kind: Type::Seq, items } => open.extend(items),
                Node::Sequence { items, .. } => {
                    for &item in items {
                        let Node::Mapping { pairs, .. } = self.node(item)? else { return Err(Refused) };
                        open.extend(pairs.iter().map(|&(_, value)| value));
                    }
                }
                Node::Mapping { kind: Type::Map, pairs } => match pairs.iter().find(|&&(key, _)| key == self.marks) {
                    // The mapping counts as the string that was merged into it; what else it holds is lost.
                    Some(&(_, text)) => open.push_back(text),
                    None => open.extend(self.last_of_equal_keys(pairs)?),
                },
                Node::Mapping { .. } | Node::Scalar { .. } => {}
            }
        }
        Ok(values)
    }

    /// The values as a Python dictionary holds them: where the first of equal keys stood, the value of the last.
    fn last_of_equal_keys(&self, pairs: &[(Id, Id)]) -> Read<Vec<Id>> {
        let mut places: HashMap<String, usize> = HashMap::with_capacity(pairs.len());
        let mut values = Vec::with_capacity(pairs.len());
        for &(key, value) in pairs {
            let place = *places.entry(self.key(key)?).or_insert(values.len());
            match values.get_mut(place) {
                Some(old) => *old = value,
                None => values.push(value),
            }
        }
        Ok(values)
    }

    fn value(&self, key: Id, scalar: Id, line: usize) -> Read<Value> {
        let (Node::Scalar { text: key, .. }, Node::Scalar { kind, text, .. }) = (self.node(key)?, self.node(scalar)?) else {
            return Err(Refused);
        };
        let text = if *kind == Type::Binary { BASE64.encode(&resolve::binary(text)?) } else { text.clone() };
        Ok(Value { key: key.clone(), text, line })
    }
}
