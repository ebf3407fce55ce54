//! The numbered descriptors of RTX, which say what an interface translates.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use super::args::{Args, claim};
use crate::model::Model;
use crate::model::nat::{Napt, Outer};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    descriptors: BTreeMap<u32, Descriptor>,
    uses: Vec<(InterfaceName, u32, LineId)>,
}

/// A `nat descriptor` of RTX, gathered from its lines.
#[derive(Debug, Default)]
struct Descriptor {
    kind: Option<Sourced<Kind>>,
    outer: Option<Outer>,
}

/// What a descriptor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `none`
    None,
    /// `masquerade`
    Masquerade,
}

impl Draft {
    /// `nat descriptor type`.
    pub(super) fn kind(&mut self, args: &Args<'_>, number: u32, kind: Kind) {
        self.descriptors.entry(number).or_default().kind = Some(args.sourced(kind));
    }

    /// `nat descriptor address outer`.
    pub(super) fn outer(&mut self, number: u32, outer: Outer) {
        self.descriptors.entry(number).or_default().outer = Some(outer);
    }

    /// The interface uses this descriptor (RTX).
    pub(super) fn apply(&mut self, args: &Args<'_>, interface: InterfaceName, number: u32) {
        self.uses.push((interface, number, args.line()));
    }

    /// The types of descriptors that no interface uses.
    pub(super) fn unused(&self) -> Vec<LineId> {
        let used: BTreeSet<u32> = self.uses.iter().map(|&(_, number, _)| number).collect();
        let unused = self.descriptors.iter().filter(|(number, _)| !used.contains(number));
        unused.filter_map(|(_, descriptor)| Some(descriptor.kind?.origin)).collect()
    }

    pub(super) fn settle(self, model: &mut Model, problems: &mut Problems) {
        for &(interface, number, line) in &self.uses {
            let Some(napt) = self.translation(number, line, problems) else { continue };
            let slot = &mut model.interfaces.entry(interface).or_default().nat.napt;
            if let Err(refusal) = claim(slot, Sourced::new(napt, line), || translation_of(interface)) {
                problems.refuse(line, refusal);
            }
        }
    }

    /// What descriptor `number` asks for at the interface where `line` uses it.
    fn translation(&self, number: u32, line: LineId, problems: &mut Problems) -> Option<Napt> {
        let kind = self.descriptors.get(&number).and_then(|descriptor| descriptor.kind)?;
        match kind.value {
            Kind::None => None,
            Kind::Masquerade => Some(Napt { outer: self.outer_on_lan(number, line, problems) }),
        }
    }

    /// The outside address of a descriptor on a LAN. Where no line gives one it is `ipcp`, and no
    /// PPP is there to negotiate it.
    fn outer_on_lan(&self, number: u32, line: LineId, problems: &mut Problems) -> Outer {
        let given = self.descriptors.get(&number).and_then(|descriptor| descriptor.outer.clone());
        given.unwrap_or_else(|| {
            let message = format!(
                "nat descriptor {number} has no outer address, with which an RTX passes no traffic on a LAN; \
                 the interface's is taken: write nat descriptor address outer {number} primary"
            );
            problems.warn(line, message);
            Outer::Interface
        })
    }
}

/// The translation by port, in words.
pub(super) fn translation_of(interface: InterfaceName) -> String {
    format!("the address translation of {interface}")
}
