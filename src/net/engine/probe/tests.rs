//! A prober on a virtual clock, with a host that answers when the test says so.

use proptest::prelude::*;

use super::*;

/// Answers arrive after this time.
const FLIGHT: Duration = Duration::from_millis(20);

/// As an RTX asks with `ip keepalive 1 icmp-echo 10 5 …`.
const RTX: Config = Config {
    delay: Duration::ZERO,
    interval: Duration::from_secs(10),
    interval_down: Duration::from_secs(10),
    timeout: Duration::from_secs(10),
    down_count: 5,
    up_count: 1,
    down_wait: Duration::from_secs(5),
    up_wait: Duration::from_secs(5),
};

/// The defaults of an IX.
const IX: Config = Config {
    delay: Duration::ZERO,
    interval: Duration::from_secs(5),
    interval_down: Duration::from_secs(5),
    timeout: Duration::from_secs(2),
    down_count: 6,
    up_count: 1,
    down_wait: Duration::ZERO,
    up_wait: Duration::ZERO,
};

struct World {
    prober: Prober,
    start: Instant,
    now: Instant,
    asked: usize,
    /// Answers on their way.
    flying: VecDeque<(Instant, u16)>,
    /// Seconds since the start, and the verdict.
    changes: Vec<(u64, bool)>,
}

impl World {
    fn new(config: Config) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a virtual clock needs one real instant to start from")]
        let start = Instant::now();
        let (flying, changes) = (VecDeque::new(), Vec::new());
        Self { prober: Prober::new(config, start), start, now: start, asked: 0, flying, changes }
    }

    /// Goes on until so many seconds after the start; `answers` says which questions are answered.
    fn until(&mut self, seconds: u64, mut answers: impl FnMut(usize) -> bool) {
        let end = self.start + Duration::from_secs(seconds);
        loop {
            while let Some(output) = self.prober.poll_output() {
                match output {
                    Output::Transmit(Question { sequence }) => {
                        if answers(self.asked) {
                            self.flying.push_back((self.now + FLIGHT, sequence));
                        }
                        self.asked += 1;
                    }
                    Output::Event(Event::Changed { alive }) => {
                        self.changes.push(((self.now - self.start).as_secs(), alive));
                    }
                    Output::Event(_) => {}
                }
            }
            let timer = self.prober.poll_timeout().map(|(at, _)| at);
            let arrival = self.flying.front().map(|(at, _)| *at);
            let next = timer.into_iter().chain(arrival).min().filter(|at| *at <= end);
            let Some(next) = next else {
                self.now = end;
                return;
            };
            self.now = next;
            match self.flying.pop_front_if(|(at, _)| *at <= next) {
                Some((_, sequence)) => self.prober.handle_input(Answer { sequence }, next),
                None => self.prober.handle_timeout(next),
            }
        }
    }
}

#[test]
fn a_host_that_answers_stays_alive() {
    let mut world = World::new(IX);
    world.until(3600, |_| true);
    assert_eq!((world.changes.len(), world.asked), (0, 721));
}

#[test]
fn an_ix_gives_up_after_six_questions_and_comes_back_with_one_answer() {
    let mut world = World::new(IX);
    world.until(99, |question| question < 4);
    // Questions 4 to 9 go out from second 20 to 45; the last answer is due at 47.
    assert_eq!(world.changes, [(47, false)]);
    world.until(103, |_| true);
    assert_eq!(world.changes, [(47, false), (100, true)]);
}

#[test]
fn an_rtx_waits_before_it_says_so() {
    let mut world = World::new(RTX);
    world.until(69, |question| question < 1);
    // Questions 1 to 5 from second 10 to 50 are missed by second 60, and then 5 seconds pass.
    assert_eq!(world.changes, [(65, false)]);
    world.until(90, |_| true);
    assert_eq!(world.changes, [(65, false), (75, true)]);
}

#[test]
fn one_answer_ends_the_wait_before_a_host_is_dead() {
    let mut world = World::new(Config { down_wait: Duration::from_secs(15), ..RTX });
    world.until(300, |question| question == 0 || question >= 7);
    assert_eq!(world.changes, []);
}

#[test]
fn late_and_foreign_answers_count_for_nothing() {
    let mut world = World::new(IX);
    for _ in 0..40 {
        let later = (world.now - world.start).as_secs() + 5;
        world.until(later, |_| false);
        let old = Answer { sequence: world.prober.sequence.wrapping_sub(1) };
        world.prober.handle_input(old, world.now);
        world.prober.handle_input(Answer { sequence: 60_000 }, world.now);
    }
    assert_eq!(world.changes, [(27, false)]);
}

#[test]
fn a_stopped_prober_is_silent() {
    let mut world = World::new(IX);
    world.until(1, |_| true);
    world.prober.handle_command(Command::Stop, world.now);
    assert_eq!(world.prober.poll_output(), Some(Output::Event(Event::Stopped)));
    assert_eq!((world.prober.poll_output(), world.prober.poll_timeout()), (None, None));
}

proptest! {
    /// Whatever is lost: fewer misses in a row than the count change nothing, and that many do.
    #[test]
    fn only_a_run_of_misses_is_a_death(lost in proptest::collection::vec(any::<bool>(), 1..200)) {
        let mut world = World::new(IX);
        let seconds = 5 * lost.len() as u64;
        world.until(seconds - 1, |question| !lost[question]);
        let (mut alive, mut run, mut expected) = (true, 0, Vec::new());
        for lost in &lost {
            run = if *lost { run + 1 } else { 0 };
            if alive && run == 6 || !alive && run == 0 {
                alive = !alive;
                expected.push(alive);
            }
        }
        let seen: Vec<bool> = world.changes.iter().map(|(_, alive)| *alive).collect();
        prop_assert_eq!(seen, expected);
    }
}
