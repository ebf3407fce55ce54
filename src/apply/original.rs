//! What values were before we set them.
//!
//! Addresses, routes and bridges of ours are marked, and go when no line asks for them. A value
//! below `/proc/sys`, a link's administrative state, its MTU and its hardware address bear no mark
//! and are always there: we only set them. So the value that one had is kept when a commit sets it
//! for the first time, and returns when no line names it any more.
//!
//! The values lie in a file beside the journal, written before the journal is opened: a restart
//! does not forget them. A reboot does, because Linux begins anew. What is on links of our making
//! goes with them and is not kept.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::op::{Op, Step};
use super::state::{Link, LinkKind, State, link_of_sysctl};
use crate::types::{KernelName, LineId, Mac, Sourced};

/// Something that has one value and is always there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Setting {
    Sysctl(String),
    Up(KernelName),
    Mtu(KernelName),
    Mac(KernelName),
}

/// A value that a setting had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Value {
    Text(String),
    Up(bool),
    Mtu(u32),
    Mac(Mac),
}

/// The values that settings had before we set them.
#[derive(Debug)]
pub struct Originals {
    path: PathBuf,
    boot: String,
    values: BTreeMap<Setting, Value>,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Kept {
    boot: String,
    values: Vec<(Setting, Value)>,
}

impl Originals {
    /// Those in this file, if they are of this boot; else none.
    pub(super) fn load(path: PathBuf, boot: &str) -> Self {
        let kept = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
        let values = kept.filter(|kept| kept.boot == boot).map(|kept| kept.values).unwrap_or_default();
        Self { path, boot: boot.to_owned(), values: values.into_iter().collect() }
    }

    /// Whether all that we ever set is named by this state, so that nothing has to return.
    pub(super) fn are_named_by(&self, target: &State) -> bool {
        self.values.keys().all(|setting| setting.is_named_by(target))
    }

    /// `target`, and beside it what it does not name any more as it once was. `known` is what it
    /// follows, `there` the links of the machine.
    pub(super) fn complete<'a>(
        &self,
        target: &'a State,
        known: &State,
        there: &BTreeSet<KernelName>,
    ) -> Cow<'a, State> {
        let mut complete = Cow::Borrowed(target);
        for (setting, value) in &self.values {
            let is_there = setting.link().is_none_or(|link| there.contains(&link));
            if is_there && !setting.is_named_by(target) {
                setting.put(value, known, complete.to_mut());
            }
        }
        complete
    }

    /// Keeps the values that these steps change for the first time. An error: nothing may be done.
    pub(super) fn keep(&mut self, steps: &[Step], before: &State, target: &State) -> io::Result<()> {
        let is_made = |link: &KernelName| {
            let links = [before, target].into_iter().filter_map(|state| state.links.get(link));
            links.into_iter().any(|link| link.kind != LinkKind::Device)
        };
        let mut is_new = false;
        for (setting, value) in steps.iter().filter_map(|step| Setting::of(&step.undo)) {
            let stays = setting.link().is_none_or(|link| !is_made(&link));
            if stays && !self.values.contains_key(&setting) {
                self.values.insert(setting, value);
                is_new = true;
            }
        }
        if is_new { self.write() } else { Ok(()) }
    }

    /// Forgets what has returned: `target` stands, and does not name it.
    pub(super) fn forget(&mut self, target: &State) -> io::Result<()> {
        let before = self.values.len();
        self.values.retain(|setting, _| setting.is_named_by(target));
        if self.values.len() == before { Ok(()) } else { self.write() }
    }

    fn write(&self) -> io::Result<()> {
        let values = self.values.iter().map(|(setting, value)| (setting.clone(), value.clone())).collect();
        let text = serde_json::to_vec(&Kept { boot: self.boot.clone(), values })?;
        let fresh = self.path.with_extension("new");
        let mut file = fs::File::create(&fresh)?;
        file.write_all(&text)?;
        file.sync_data()?;
        fs::rename(fresh, &self.path)
    }
}

impl Setting {
    /// What an operation sets, and to what.
    fn of(op: &Op) -> Option<(Self, Value)> {
        Some(match op {
            Op::SetSysctl { name, value } => (Self::Sysctl(name.clone()), Value::Text(value.clone())),
            Op::SetUp { link, up } => (Self::Up(link.clone()), Value::Up(*up)),
            Op::SetMtu { link, mtu } => (Self::Mtu(link.clone()), Value::Mtu(*mtu)),
            Op::SetMac { link, mac } => (Self::Mac(link.clone()), Value::Mac(*mac)),
            _ => return None,
        })
    }

    fn link(&self) -> Option<KernelName> {
        match self {
            Self::Sysctl(name) => link_of_sysctl(name),
            Self::Up(link) | Self::Mtu(link) | Self::Mac(link) => Some(link.clone()),
        }
    }

    fn is_named_by(&self, state: &State) -> bool {
        match self {
            Self::Sysctl(name) => state.sysctls.contains_key(name),
            Self::Up(link) => state.links.contains_key(link),
            Self::Mtu(link) => state.links.get(link).is_some_and(|link| link.mtu.is_some()),
            Self::Mac(link) => state.links.get(link).is_some_and(|link| link.mac.is_some()),
        }
    }

    /// Puts the value that it had into a state.
    fn put(&self, value: &Value, known: &State, state: &mut State) {
        match (self, value) {
            (Self::Sysctl(name), Value::Text(value)) => {
                let origin = known.sysctls.get(name).map_or(LineId::BUILT_IN, |known| known.origin);
                state.sysctls.insert(name.clone(), Sourced::new(value.clone(), origin));
            }
            (Self::Up(name), Value::Up(up)) => {
                if let Some(link) = released(name, known, state) {
                    link.value.up = *up;
                }
            }
            (Self::Mtu(name), Value::Mtu(mtu)) => {
                if let Some(link) = released(name, known, state) {
                    link.value.mtu = Some(Sourced::new(*mtu, link.origin));
                }
            }
            (Self::Mac(name), Value::Mac(mac)) => {
                if let Some(link) = released(name, known, state) {
                    link.value.mac = Some(Sourced::new(*mac, link.origin));
                }
            }
            // A file that somebody else wrote.
            (Self::Sysctl(_) | Self::Up(_) | Self::Mtu(_) | Self::Mac(_), _) => {}
        }
    }
}

/// A device in a state. If the state has left it, as it is, without our name and out of our bridges.
fn released<'a>(name: &KernelName, known: &State, state: &'a mut State) -> Option<&'a mut Sourced<Link>> {
    if !state.links.contains_key(name) {
        let link = known.links.get(name)?;
        let bridge = link.bridge.clone().filter(|bridge| !known.links.contains_key(bridge));
        let left = Link { up: link.up, bridge, ..Link::fresh(LinkKind::Device) };
        state.links.insert(name.clone(), Sourced::new(left, link.origin));
    }
    state.links.get_mut(name)
}
