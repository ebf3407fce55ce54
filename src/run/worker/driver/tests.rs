use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::mpsc::{self, UnboundedSender};

use super::*;

/// Says hello when asked to start, counts what it hears, and says how often when asked to stop.
#[derive(Default)]
struct Parrot {
    heard: usize,
    alarm: Option<Instant>,
    outputs: VecDeque<Output<&'static str, Told>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Alarm,
    Stopped(usize),
}

enum Ask {
    AlarmIn(Duration),
    Stop,
}

impl Engine for Parrot {
    type Input<'a> = ();
    type Command = Ask;
    type Transmit = &'static str;
    type Event = Told;

    fn handle_input(&mut self, (): (), _: Instant) {
        self.heard += 1;
    }

    fn handle_command(&mut self, command: Ask, now: Instant) {
        match command {
            Ask::AlarmIn(time) => self.alarm = Some(now + time),
            Ask::Stop => self.outputs.push_back(Output::Event(Told::Stopped(self.heard))),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.alarm.take_if(|at| *at <= now).is_some() {
            self.outputs.push_back(Output::Event(Told::Alarm));
        }
    }

    fn poll_output(&mut self) -> Option<Output<&'static str, Told>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Instant, &'static str)> {
        self.alarm.map(|at| (at, "alarm"))
    }
}

/// A link that has always something to read, or never.
#[derive(Default)]
struct Wire {
    is_flooded: bool,
    is_cut: bool,
    sent: Vec<&'static str>,
}

impl Lower<Parrot> for Wire {
    async fn ready(&mut self) -> io::Result<()> {
        if self.is_flooded { Ok(()) } else { std::future::pending().await }
    }

    fn receive(&mut self) -> io::Result<Received<()>> {
        Ok(Received::Input(()))
    }

    fn transmit(&mut self, transmit: &'static str) -> io::Result<()> {
        self.sent.push(transmit);
        if self.is_cut { Err(io::ErrorKind::NetworkDown.into()) } else { Ok(()) }
    }
}

#[derive(Default)]
struct Diary(Vec<Told>);

impl Owner<Parrot> for Diary {
    fn handle_event(&mut self, event: Told) -> ControlFlow<()> {
        self.0.push(event);
        if matches!(event, Told::Stopped(_)) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Drives a parrot after `prepare`, and gives the outcome and what was told.
fn run(
    parrot: &mut Parrot,
    wire: &mut Wire,
    prepare: impl FnOnce(UnboundedSender<Ask>),
) -> (io::Result<()>, Vec<Told>) {
    let (sender, mut commands) = mpsc::unbounded_channel();
    prepare(sender);
    let mut diary = Diary::default();
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let outcome = runtime.block_on(drive(parrot, wire, &mut diary, &mut commands));
    (outcome, diary.0)
}

#[test]
fn what_an_engine_already_wants_to_say_is_said_before_anything_is_awaited() {
    let mut parrot = Parrot::default();
    parrot.outputs.extend([Output::Transmit("hello"), Output::Transmit("world")]);
    let mut wire = Wire::default();
    let (outcome, told) = run(&mut parrot, &mut wire, drop);
    assert!(outcome.is_ok(), "the end of the commands is an end");
    assert_eq!((wire.sent, told), (vec!["hello", "world"], Vec::new()));
}

#[test]
fn a_deadline_is_met() {
    let (outcome, told) = run(&mut Parrot::default(), &mut Wire::default(), |commands| {
        let _running = commands.send(Ask::AlarmIn(Duration::from_millis(20)));
        std::thread::spawn(move || {
            std::thread::park_timeout(Duration::from_millis(200));
            commands.send(Ask::Stop)
        });
    });
    assert!(outcome.is_ok());
    assert_eq!(told, [Told::Alarm, Told::Stopped(0)]);
}

#[test]
fn a_flood_delays_neither_commands_nor_timers_for_long() {
    let mut wire = Wire { is_flooded: true, ..Wire::default() };
    let (outcome, told) = run(&mut Parrot::default(), &mut wire, |commands| {
        let _running = commands.send(Ask::AlarmIn(Duration::ZERO));
        let _running = commands.send(Ask::Stop);
    });
    assert!(outcome.is_ok());
    let [.., Told::Stopped(heard)] = told[..] else { panic!("{told:?}") };
    assert!(heard < 1000 * BUDGET, "{heard} inputs before two commands");
}

#[test]
fn a_link_that_fails_ends_the_worker_with_its_error() {
    let mut parrot = Parrot::default();
    parrot.outputs.push_back(Output::Transmit("hello"));
    let mut wire = Wire { is_cut: true, ..Wire::default() };
    let (outcome, _) = run(&mut parrot, &mut wire, drop);
    assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::NetworkDown);
}
