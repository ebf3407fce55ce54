//! Address translation: what IX says on the interface, and what RTX says by numbered descriptors.

use std::collections::BTreeMap;

use super::Problems;
use super::args::{Args, Refusal, claim};
use crate::model::Model;
use crate::model::nat::{Napt, Outer};
use crate::types::{InterfaceName, LineId, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    napt: BTreeMap<InterfaceName, Option<Sourced<Napt>>>,
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
    /// The interface translates by port (IX).
    pub(super) fn napt(
        &mut self,
        args: &Args<'_>,
        interface: InterfaceName,
        napt: Napt,
    ) -> Result<(), Refusal> {
        let slot = self.napt.entry(interface).or_default();
        claim(slot, args.sourced(napt), || translation_of(interface))
    }

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

    pub(super) fn settle(mut self, model: &mut Model, problems: &mut Problems) {
        for (interface, number, line) in std::mem::take(&mut self.uses) {
            let Some(napt) = self.translation(number, line, problems) else { continue };
            let slot = self.napt.entry(interface).or_default();
            if let Err(refusal) = claim(slot, Sourced::new(napt, line), || translation_of(interface)) {
                problems.refuse(line, refusal);
            }
        }
        for (interface, napt) in self.napt {
            model.interfaces.entry(interface).or_default().nat.napt = napt;
        }
    }

    /// What descriptor `number` asks for at the interface where `line` uses it.
    fn translation(&self, number: u32, line: LineId, problems: &mut Problems) -> Option<Napt> {
        let Some(kind) = self.descriptors.get(&number).and_then(|descriptor| descriptor.kind) else {
            let message = format!("no line gives nat descriptor {number} a type: nothing is translated");
            problems.warn(line, message);
            return None;
        };
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

fn translation_of(interface: InterfaceName) -> String {
    format!("the address translation of {interface}")
}
