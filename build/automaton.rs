//! The keyword automaton: Aho and Corasick's, made total at build time, so that a file is filtered with one table look-up a byte.
//! Promises every occurrence of every keyword, ASCII letters in either case; the exact case is checked after the hit.
//! Aho & Corasick, "Efficient string matching", CACM 18 (6), 1975.

use std::collections::{BTreeMap, VecDeque};

/// A total automaton over byte classes. States from `first_match` on report keywords.
pub struct Automaton {
    /// Class of each byte; class 0 is "in no keyword".
    pub classes: [u8; 256],
    /// log2 of the row length.
    pub shift: u32,
    /// `next[state << shift | class]`.
    pub next: Vec<u16>,
    pub first_match: u16,
    /// For each matching state, in order, the numbers of the keywords that end there.
    pub matches: Vec<Vec<u16>>,
}

#[derive(Default, Clone)]
struct Node {
    children: BTreeMap<u8, usize>,
    fail: usize,
    ends: Vec<u16>,
}

impl Automaton {
    /// `keywords` are lower case; their positions are their numbers.
    pub fn build(keywords: &[String]) -> Self {
        let mut nodes = trie(keywords);
        let order = link(&mut nodes);
        let (classes, count) = classes(keywords);
        let shift = usize::BITS - (count - 1).leading_zeros();
        // Plain states first, matching ones last: the scan then needs one comparison a byte.
        let (plain, matching): (Vec<usize>, Vec<usize>) = order.iter().copied().partition(|&node| nodes[node].ends.is_empty());
        let first_match = u16::try_from(plain.len()).expect("invariant: fewer than 65,536 states");
        let mut number = vec![0u16; nodes.len()];
        for (new, &old) in plain.iter().chain(&matching).enumerate() {
            number[old] = u16::try_from(new).expect("invariant: fewer than 65,536 states");
        }
        let mut next = vec![0u16; nodes.len() << shift];
        for &node in &order {
            for byte in 0..=255u8 {
                if classes[byte as usize] == 0 || byte.is_ascii_uppercase() {
                    continue;
                }
                next[(usize::from(number[node]) << shift) | usize::from(classes[usize::from(byte)])] = number[step(&nodes, node, byte)];
            }
        }
        let matches = matching.iter().map(|&node| nodes[node].ends.clone()).collect();
        Self { classes, shift, next, first_match, matches }
    }
}

fn trie(keywords: &[String]) -> Vec<Node> {
    let mut nodes = vec![Node::default()];
    for (number, keyword) in keywords.iter().enumerate() {
        let mut at = 0;
        for &byte in keyword.as_bytes() {
            at = if let Some(&child) = nodes[at].children.get(&byte) {
                child
            } else {
                nodes.push(Node::default());
                let child = nodes.len() - 1;
                nodes[at].children.insert(byte, child);
                child
            };
        }
        nodes[at].ends.push(u16::try_from(number).expect("invariant: fewer than 65,536 keywords"));
    }
    nodes
}

/// Sets the failure links breadth first, joins the ends along them, and returns that order (root first).
fn link(nodes: &mut [Node]) -> Vec<usize> {
    let mut order = vec![0];
    let mut queue: VecDeque<usize> = nodes[0].children.values().copied().collect();
    while let Some(node) = queue.pop_front() {
        order.push(node);
        for (byte, child) in nodes[node].children.clone() {
            let fail = step(nodes, nodes[node].fail, byte);
            nodes[child].fail = fail;
            queue.push_back(child);
        }
        let inherited = nodes[nodes[node].fail].ends.clone();
        nodes[node].ends.extend(inherited);
    }
    order
}

fn step(nodes: &[Node], mut at: usize, byte: u8) -> usize {
    loop {
        if let Some(&child) = nodes[at].children.get(&byte) {
            return child;
        }
        if at == 0 {
            return 0;
        }
        at = nodes[at].fail;
    }
}

fn classes(keywords: &[String]) -> ([u8; 256], usize) {
    let mut classes = [0u8; 256];
    let mut count = 1usize;
    for &byte in keywords.iter().flat_map(String::as_bytes) {
        if classes[byte as usize] == 0 {
            classes[byte as usize] = u8::try_from(count).expect("invariant: at most 128 classes");
            classes[byte.to_ascii_uppercase() as usize] = classes[byte as usize];
            count += 1;
        }
    }
    (classes, count)
}
