//! The order of a plan: the one table of phases.

/// When a step of a plan is done; a plan runs through the phases from top to bottom.
///
/// What is needed by others comes early and goes late, and what is new stands before the old is
/// taken away: a route that only changes its gateway is never missing, and a link that gets
/// another address is never without one. The undo of a plan runs from bottom to top, so each
/// phase must also be right when it is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Filters and shields are closed before anything can come in.
    CloseFirewall,
    /// Workers say goodbye while their addresses and routes still stand.
    StopWorkers,
    /// Before addresses: the kernel's way of deleting some depends on it.
    SetSysctls,
    /// Routes that could not be brought back in their turn, because the way to their router is
    /// brought back later.
    ReleaseRoutes,
    /// IPv6 addresses that return with another length: a link has each of them only once.
    ResizeAddresses,
    /// Bridges are made, still down.
    AddBridges,
    /// Links for tagged frames are made, still down.
    AddVlans,
    /// Devices join, leave or change bridges.
    SetBridges,
    /// Hardware addresses and sizes of packets, before the first packet.
    ShapeLinks,
    /// A link's own values, once the link is there.
    SetLinkSysctls,
    /// Links get the router's name.
    NameLinks,
    /// Links come up; routes need that.
    RaiseLinks,
    /// New addresses, beside the old ones.
    AddAddresses,
    /// Hosts with fixed hardware addresses, and those for which we answer.
    SetNeighbours,
    /// New and changed routes, straight ones before those through a router.
    SetRoutes,
    /// New rules, once the tables that they lead to are filled.
    AddRules,
    /// Old rules, while their tables still stand.
    DeleteRules,
    /// Old routes, those through a router before straight ones.
    DeleteRoutes,
    /// Hosts that are fixed no more.
    DeleteNeighbours,
    /// Old addresses.
    DeleteAddresses,
    /// Links go down: Linux drops their routes and IPv6 addresses, which are gone already.
    LowerLinks,
    /// Links that are ours no more lose the router's name.
    UnnameLinks,
    /// Links for tagged frames are removed.
    DeleteVlans,
    /// Bridges without members, addresses and routes are removed.
    DeleteBridges,
    /// Workers start on links that are up.
    StartWorkers,
    /// Filters and shields of what is gone are opened.
    OpenFirewall,
}
