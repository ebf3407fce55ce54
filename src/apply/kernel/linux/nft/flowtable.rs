//! The flowtable: the kernel's short way for connections that are established.

use std::borrow::Cow;
use std::collections::BTreeSet;

use nftables::schema::{FlowTable, NfListObject};
use nftables::types::{NfFamily, NfHook};

use super::check;
use crate::apply::firewall::{Chain, FLOWTABLE, Firewall, Hook, Rule, Verdict};
use crate::types::{KernelName, LineId, NFT_TABLE};

/// Whether nft and the kernel would take a flowtable and a rule that uses it.
pub(in crate::apply::kernel::linux) async fn is_known() -> bool {
    let Ok(loopback) = "lo".parse() else { return false };
    let rule = Rule::new(vec![], Verdict::Offload, LineId::BUILT_IN);
    let forward = Chain { hook: Some(Hook::Forward), rules: vec![rule] };
    let probe = Firewall {
        chains: [(Hook::Forward.chain().to_owned(), forward)].into(),
        fast: [loopback].into(),
        ..Firewall::default()
    };
    check(Some(&probe)).await.is_ok()
}

/// The flowtable over these links; without links, what names it.
pub(super) fn object(links: &BTreeSet<KernelName>) -> NfListObject<'static> {
    let links: Vec<Cow<'static, str>> = links.iter().map(|link| link.as_str().to_owned().into()).collect();
    NfListObject::FlowTable(FlowTable {
        family: NfFamily::INet,
        table: NFT_TABLE.into(),
        name: FLOWTABLE.into(),
        handle: None,
        hook: Some(NfHook::Ingress),
        prio: Some(0),
        dev: Some(links).filter(|links| !links.is_empty()).map(Cow::Owned),
    })
}
