//! A tree as text, in the layout of the vendor.
//!
//! NEC ends every block with `!`, indents the lines of a context by two blanks, and puts the
//! interfaces last, sorted. Yamaha prints no comments, and keeps together what belongs to one
//! interface, one filter or one descriptor. Both print a line at the place that its command has
//! in the grammar, whenever it was typed.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Line, Tree};
use crate::language::command::Command;
use crate::types::Dialect;

/// Whether secrets are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masking {
    /// A `*` stands for each: for screens, logs and messages.
    Yes,
    /// They are printed: for files.
    No,
}

impl Masking {
    /// A line with or without its secrets.
    pub fn text(self, command: &Command) -> String {
        let words = command.words.iter().map(|word| match self {
            Self::Yes if word.is_tagged("secret") => "*",
            Self::Yes | Self::No => word.text.as_ref(),
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

pub(super) fn print(tree: &Tree, dialect: Dialect, masking: Masking) -> String {
    let mut out = String::new();
    // An empty comment, in the words of whoever reads the text.
    let end = match dialect {
        Dialect::Ix => "!\n",
        Dialect::Rtx => "#\n",
    };
    print_lines(&mut out, tree, dialect, end, masking);
    if tree.lines.iter().any(|line| line.command.dialect == dialect.other()) {
        let after = match dialect {
            Dialect::Ix => "\n!\n",
            Dialect::Rtx => "\n",
        };
        out.push_str(&[heading(dialect), after].concat());
        print_lines(&mut out, tree, dialect.other(), end, masking);
    }
    out
}

/// The comment above the lines of the other dialect. It leaves the context before it, where such
/// a line might fit too, and what follows it is read in that dialect: some lines mean something
/// in both.
pub(super) fn heading(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Ix => "! Lines of the Yamaha RTX command line:",
        Dialect::Rtx => "# Lines of the NEC IX command line:",
    }
}

/// Prints the lines of one dialect.
fn print_lines(out: &mut String, tree: &Tree, dialect: Dialect, end: &str, masking: Masking) {
    let mut lines: Vec<&Line> = tree.lines.iter().filter(|line| line.command.dialect == dialect).collect();
    match dialect {
        Dialect::Ix => {
            lines.sort_by_cached_key(|line| ix_place(&line.command));
            print_ix(out, &lines, end, masking);
        }
        Dialect::Rtx => {
            let places = rtx_group_places(&lines);
            lines.sort_by_cached_key(|line| rtx_place(&line.command, &places));
            print_rtx(out, &lines, masking);
        }
    }
}

/// Blocks, each ended by a comment: a context is one, and so are the lines that begin with one word.
fn print_ix(out: &mut String, lines: &[&Line], end: &str, masking: Masking) {
    let same_block = |one: &&Line, other: &&Line| {
        !is_context(one) && !is_context(other) && first_word(one) == first_word(other)
    };
    for block in lines.chunk_by(same_block) {
        for line in block {
            print_line(out, line, "  ", masking);
        }
        out.push_str(end);
    }
}

/// One line after the other; the lines of a context are indented by one blank.
fn print_rtx(out: &mut String, lines: &[&Line], masking: Masking) {
    for line in lines {
        print_line(out, line, " ", masking);
    }
}

fn print_line(out: &mut String, line: &Line, indent: &str, masking: Masking) {
    let mut children: Vec<&Line> = line.children.iter().collect();
    children.sort_by_key(|child| order(&child.command));
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{}", masking.text(&line.command));
    for child in children {
        let _ = writeln!(out, "{indent}{}", masking.text(&child.command));
    }
    if let Some(end) = line.command.value("end").as_deref().and_then(|end| end.strip_prefix("<<")) {
        for text in &line.file {
            let _ = writeln!(out, "{text}");
        }
        let _ = writeln!(out, "{end}");
    }
}

/// NEC's place: by command; interfaces by their kind, then by number.
fn ix_place(command: &Command) -> (usize, u8, Vec<Chunk>) {
    match &*command.words {
        [word, name] if word.text == "interface" || word.text == "device" => {
            (order(command), ix_interface_rank(&name.text), chunks(&name.text))
        }
        _ => (order(command), 0, Vec::new()),
    }
}

/// Base interfaces first, then what stands on them, tunnels last.
fn ix_interface_rank(name: &str) -> u8 {
    let kind = name.trim_end_matches(|sign: char| !sign.is_ascii_alphabetic());
    match kind {
        "GigaEthernet" | "FastEthernet" if name.ends_with(".0") && !name.contains(':') => 0,
        "BRI" | "USB-Serial" | "MobileEthernet" => 1,
        "BVI" => 3,
        "Loopback" => 4,
        "Null" => 5,
        "Tunnel" => 6,
        _ => 2,
    }
}

/// Lines of RTX that stand together, whatever their command: those of the interfaces, and those
/// of the descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RtxGroup {
    Interfaces,
    NatDescriptors,
}

fn rtx_group(command: &Command) -> Option<RtxGroup> {
    match &*command.words {
        [ip, interface, ..] if matches!(ip.text.as_ref(), "ip" | "ipv6") && !interface.is_keyword() => {
            Some(RtxGroup::Interfaces)
        }
        [nat, descriptor, ..] if nat.text == "nat" && descriptor.text == "descriptor" => {
            Some(RtxGroup::NatDescriptors)
        }
        _ => None,
    }
}

/// A group stands where the first of its commands stands.
fn rtx_group_places(lines: &[&Line]) -> BTreeMap<RtxGroup, usize> {
    let mut places = BTreeMap::new();
    for line in lines {
        if let Some(group) = rtx_group(&line.command) {
            let place = places.entry(group).or_insert(usize::MAX);
            *place = (*place).min(order(&line.command));
        }
    }
    places
}

/// Yamaha's place: all lines of `ip lan1` before those of `ip lan2`; filters and descriptors by number.
fn rtx_place(command: &Command, groups: &BTreeMap<RtxGroup, usize>) -> (usize, Vec<Chunk>, usize) {
    let own = order(command);
    let place = rtx_group(command).and_then(|group| groups.get(&group)).copied().unwrap_or(own);
    (place, command.identity().next().map(|word| chunks(&word.text)).unwrap_or_default(), own)
}

fn order(command: &Command) -> usize {
    command.info().order
}

fn is_context(line: &Line) -> bool {
    line.command.info().opens.is_some()
}

fn first_word(line: &Line) -> Option<&str> {
    line.command.words.first().map(|word| word.text.as_ref())
}

/// A piece of a name, so that `lan10` comes after `lan2`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Chunk {
    Number(u64),
    Text(String),
}

/// The pieces of a name; none for `default`, which comes before all.
fn chunks(name: &str) -> Vec<Chunk> {
    if name == "default" {
        return Vec::new();
    }
    let is_digit = |sign: &char| sign.is_ascii_digit();
    name.chars()
        .collect::<Vec<_>>()
        .chunk_by(|one, other| is_digit(one) == is_digit(other))
        .map(|run| {
            let text: String = run.iter().collect();
            text.parse().map(Chunk::Number).unwrap_or(Chunk::Text(text))
        })
        .collect()
}
