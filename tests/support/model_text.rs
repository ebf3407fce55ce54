//! A model in words, for text cases: its `Debug` output, without what says nothing.
//!
//! Origins, wrappers (`Some`, `Sourced`) and empty parts are left out, so a new field of the
//! model shows in the cases that set it and nowhere else.

use tsuji::model::Model;

/// The model, one setting a line, indented.
pub fn model_text(model: &Model) -> String {
    let debug = format!("{model:?}");
    let mut out = String::new();
    if let Some(model) = simple(Parser { rest: &debug }.value()) {
        block(&model, 0, &mut out);
    }
    out
}

/// A value as `Debug` prints it: `Head { key: value }`, `Head(value)`, `[value]`, `{key: value}`, `Head`.
#[derive(Debug)]
struct Node {
    head: String,
    shape: Shape,
    parts: Vec<(Option<String>, Self)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Word,
    Fields,
    Tuple,
    List,
}

impl Node {
    fn word(head: &str) -> Self {
        Self { head: head.to_owned(), shape: Shape::Word, parts: Vec::new() }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn value(&mut self) -> Node {
        let length = if self.rest.starts_with('"') { self.quoted() } else { self.word() };
        let head = self.rest[..length].trim().to_owned();
        self.rest = &self.rest[length..];
        let (shape, close) = match self.rest.chars().next() {
            Some('{') => (Shape::Fields, '}'),
            Some('(') => (Shape::Tuple, ')'),
            Some('[') => (Shape::List, ']'),
            _ => return Node::word(&head),
        };
        self.rest = &self.rest[1..];
        let mut parts = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches([' ', ',']);
            if let Some(rest) = self.rest.strip_prefix(close) {
                self.rest = rest;
                return Node { head, shape, parts };
            }
            let first = self.value();
            parts.push(match self.rest.strip_prefix(": ") {
                Some(rest) => {
                    self.rest = rest;
                    (Some(first.head), self.value())
                }
                None => (None, first),
            });
        }
    }

    fn quoted(&self) -> usize {
        let mut escaped = false;
        let end = self.rest[1..].find(|sign| {
            let ends = sign == '"' && !escaped;
            escaped = sign == '\\' && !escaped;
            ends
        });
        end.map_or(self.rest.len(), |end| end + 2)
    }

    fn word(&self) -> usize {
        let colon = self.rest.find(": ").unwrap_or(self.rest.len());
        self.rest.find(['{', '(', '[', ',', '}', ')', ']']).unwrap_or(self.rest.len()).min(colon)
    }
}

/// A node without wrappers and empty parts; none if nothing is left.
fn simple(node: Node) -> Option<Node> {
    let Node { head, shape, parts } = node;
    match (head.as_str(), shape) {
        ("None", Shape::Word) => return None,
        // Something that is there and empty is not the same as nothing.
        ("Some", _) => return simple(parts.into_iter().next()?.1).or(Some(Node::word("(empty)"))),
        ("Sourced", _) => return simple(parts.into_iter().next()?.1),
        _ => {}
    }
    let parts: Vec<_> = parts.into_iter().filter_map(|(key, part)| Some((key, simple(part)?))).collect();
    if parts.is_empty() && shape != Shape::Word {
        return None;
    }
    Some(Node { head, shape, parts })
}

/// The parts of a node, each on its own line or in its own block.
fn block(node: &Node, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for (key, part) in &node.parts {
        let key = key.as_ref().map_or("-".to_owned(), |key| format!("{key}:"));
        let has_items = part.parts.iter().any(|(_, item)| item.shape != Shape::Word);
        let nested = part.shape == Shape::Fields || (part.shape == Shape::List && has_items);
        if nested && node.shape == Shape::Fields {
            out.push_str(format!("{indent}{key} {}", part.head).trim_end());
            out.push('\n');
            block(part, depth + 1, out);
        } else {
            out.push_str(&format!("{indent}{key} {}\n", inline(part)));
        }
    }
}

fn inline(node: &Node) -> String {
    let parts = node.parts.iter().map(|(key, part)| match key {
        Some(key) => format!("{key} {}", inline(part)),
        None => inline(part),
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    match node.shape {
        Shape::Word => node.head.clone(),
        Shape::List if node.parts.len() == 1 => parts,
        Shape::List => format!("[{parts}]"),
        Shape::Tuple | Shape::Fields => format!("{} {parts}", node.head).trim_start().to_owned(),
    }
}
