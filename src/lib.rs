//! tsuji (辻, a crossroads): a router command line for Linux.
//!
//! # The map of the house
//!
//! Each top-level module is a room with one job. A room knows only the rooms that the last column
//! names (and [`types`], which all know); `tests/rooms.rs` reads every `use` and holds us to it.
//!
//! | Room | What happens there | Knows |
//! |---|---|---|
//! | [`types`] | the shared vocabulary: names, ports, line numbers, secrets | |
//! | [`model`] | what the user wants: typed, free of dialect and of Linux | |
//! | [`status`] | what is: snapshots, and the *facts* that workers learn | |
//! | [`language`] | the two command lines: a line to a command, lines to a tree, a tree to a model and back | model |
//! | [`config`] | the candidate, the difference to what runs, the history, the startup file | language, model |
//! | [`apply`] | model and facts to a state, two states to a plan, a plan to Linux, or undone | model, status |
//! | [`net`] | protocols without sockets, clocks or tasks: codecs and engines | |
//! | [`run`] | the workers that drive engines with real sockets and clocks; the log | apply, net, model, status |
//! | [`daemon`] | owns the running configuration; sessions, commits, screens | config, apply, run, language, status, model |
//! | [`shell`] | the console: edits lines, sends them to the daemon, shows what it says | daemon (its messages), language |
//! | [`tool`] | what needs no daemon: `tsuji check`, `tsuji translate` | language, config, net |
//! | [`lab`] | a small internet in namespaces, with this very router in it | daemon, run, net, apply |
//!
//! Text goes in at the top and Linux changes at the bottom; nothing else changes Linux:
//!
//! ```text
//! line ─► Command ─► Tree (candidate) ─► Model ─► State ─► Plan ─► Linux
//!         language    config              language  apply    apply   apply::kernel
//!                                                     ▲                  │
//!                                        facts: leases, links ◄── run ◄──┘
//! ```
//!
//! # One line on its way: `ip route 10.0.0.0/8 192.0.2.1`
//!
//! Every step, from the key to the kernel, with the function that takes it. `tests/rooms.rs` checks
//! that each still stands where this table says.
//!
//! The line becomes part of the candidate; Linux does not change:
//!
//! | In | Function | What it does |
//! |---|---|---|
//! | `src/shell/editor.rs` | `run` | reads the line from the terminal |
//! | `src/daemon/client.rs` | `run` | sends it as a [`Request::Line`](daemon::message::Request), one JSON object |
//! | `src/daemon/listen.rs` | `serve` | receives it, and hands it to the session of this console |
//! | `src/daemon/session/mod.rs` | `line` | finds that the session is in configuration mode |
//! | `src/daemon/session/configure.rs` | `configure` | has the line taken into its candidate |
//! | `src/language/tree/entry.rs` | `type_line` | the one door for lines: typed, pasted, read from a file |
//! | `src/language/syntax/mod.rs` | `parse` | walks the words along `ix_ip_route` of `grammar/ix/route.pest`: a [`Command`](language::command::Command), in full words, judged by the derived parser |
//! | `src/language/tree/mod.rs` | `apply_line` | puts it where its keys say: a new line, or in place of an old one |
//!
//! `commit` makes it real:
//!
//! | In | Function | What it does |
//! |---|---|---|
//! | `src/daemon/session/commit.rs` | `commit` | asks the router's task, the only one that changes anything |
//! | `src/daemon/router/commit.rs` | `commit` | leads the candidate through all that follows, then publishes it as running |
//! | `src/language/lower/mod.rs` | `lower` | the tree to a [`Model`](model::Model), with all errors at once |
//! | `src/language/lower/ix/route.rs` | `route` | this line to a [`Route`](model::route::Route) |
//! | `src/apply/resolve/mod.rs` | `resolve` | the model and the facts to a [`State`](apply::State): names of the kernel, metrics |
//! | `src/apply/resolve/route.rs` | `enter` | this route to the key and the target that the kernel knows it by |
//! | `src/apply/commit.rs` | `commit` | prepares, opens the journal, carries out, verifies; or undoes |
//! | `src/apply/plan/mod.rs` | `plan` | the difference of two states, in the order of `src/apply/plan/order.rs` |
//! | `src/apply/plan/route.rs` | `compare` | one step: [`Op::SetRoute`](apply::op::Op), and what takes it back |
//! | `src/apply/kernel/linux/prepare.rs` | `prepare` | could it work? nothing is changed yet |
//! | `src/apply/journal.rs` | `open` | what is about to happen, on the disk, before it happens |
//! | `src/apply/kernel/linux/mod.rs` | `apply_routes` | runs of routes together |
//! | `src/apply/kernel/linux/route.rs` | `message` | `RTM_NEWROUTE` with our mark, protocol 116 |
//! | `src/apply/kernel/linux/socket.rs` | `batch` | over the netlink socket; the kernel's refusal comes back in its own words |
//! | `src/apply/commit.rs` | `verify` | reads back what the kernel has, and compares |
//!
//! A lease goes the lower half of the same road: a worker reports it as a fact, and `follow`
//! of `src/daemon/router/commit.rs` resolves, plans and applies.
//!
//! # To add a setting
//!
//! A new spelling of an old setting: a rule in `grammar/`, an arm in `src/language/lower/`, a case
//! in `tests/cases/`. A new setting: also a field in [`model`], its words in `src/language/raise/`,
//! and its part in `src/apply/resolve/` and `src/apply/plan/`. Completion, `?`, `no`, and `show running-config` follow from the grammar.

pub mod apply;
pub mod config;
pub mod daemon;
pub mod lab;
pub mod language;
pub mod model;
pub mod net;
pub mod run;
pub mod shell;
pub mod status;
pub mod tool;
pub mod types;
