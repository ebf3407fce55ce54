//! The walker: from typed words to the one command that they mean.
//!
//! It keeps a thread for every way to read the words so far, and drops those that cannot go on.
//! Each word of a thread has a [`Rank`]; threads compare by the ranks of their words from left to
//! right, kept as a single number, the thread's class. Only at the end of the line is it decided
//! which thread was meant.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::automaton::{Position, PositionId, Takes};
use super::reading::{Rank, Reading, Spelling, unquoted};
use super::words::Typed;
use super::{Rule, Syntax};
use crate::language::command::{Command, Word};

/// How many threads go on that read a word alike.
const MOST_ALIKE: usize = 8;

/// As many ways to read a word as there commonly are at most.
const MANY: usize = 512;

/// One word read in one way.
#[derive(Clone, Copy, Debug)]
struct Step {
    before: Option<u32>,
    position: PositionId,
    rank: Rank,
    spelling: Spelling,
}

/// A step that a thread can take: the thread's class and mode, and the step.
type Found = (u32, usize, Step);

/// One way to read the words so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thread {
    step: u32,
    pub position: PositionId,
    /// The place of the mode that its command belongs to.
    mode: usize,
    /// Threads with better words have a smaller class.
    pub class: u32,
}

/// All ways to read the words so far.
pub(super) struct Walk<'a> {
    syntax: &'static Syntax,
    modes: &'a [&'a str],
    removal: bool,
    /// Commands that are not meant.
    refused: &'a [Rule],
    words: Vec<Typed<'a>>,
    steps: Vec<Step>,
    pub threads: Vec<Thread>,
}

impl<'a> Walk<'a> {
    pub fn new(syntax: &'static Syntax, modes: &'a [&'a str]) -> Self {
        Self::without(syntax, modes, &[])
    }

    /// Walks all commands but these.
    pub fn without(syntax: &'static Syntax, modes: &'a [&'a str], refused: &'a [Rule]) -> Self {
        Self {
            syntax,
            modes,
            removal: false,
            refused,
            words: Vec::new(),
            steps: Vec::new(),
            threads: Vec::new(),
        }
    }

    /// Walks what follows `no`: lines of a configuration, which alone can be removed.
    pub fn removal(syntax: &'static Syntax, modes: &'a [&'a str]) -> Self {
        Self { removal: true, ..Self::new(syntax, modes) }
    }

    /// Takes one more word. If no thread can go on, nothing changes and the answer is no.
    pub fn take(&mut self, word: Typed<'a>) -> bool {
        let mut found = Vec::with_capacity(MANY);
        let mut reading = Reading::new(self.syntax, word.text);
        if self.words.is_empty() {
            let begun = reading.small.clone();
            for (mode, name) in self.modes.iter().enumerate() {
                for position in self.first_positions(name, &begun) {
                    reading.at(position, |rank, spelling| {
                        found.push((0, mode, Step { before: None, position, rank, spelling }));
                    });
                }
            }
        }
        for thread in &self.threads {
            let before = Some(thread.step);
            for &position in &self.syntax.automaton.position(thread.position).follow {
                reading.at(position, |rank, spelling| {
                    found.push((thread.class, thread.mode, Step { before, position, rank, spelling }));
                });
            }
        }
        if found.is_empty() {
            return false;
        }
        drop_abbreviations(&mut found);
        self.words.push(word);
        self.follow(found);
        true
    }

    /// Makes the readings found the new threads. Of those that read the word alike only the best
    /// go on; several, if their earlier words differ, so that an ambiguity is not forgotten.
    fn follow(&mut self, mut found: Vec<Found>) {
        let alike = |step: &Step| (step.position, step.spelling);
        found.sort_by_key(|(class, mode, step)| (alike(step), *class, step.rank, step.before, *mode));
        found.dedup_by_key(|(class, _, step)| (alike(step), *class, step.before));
        let mut kept = Vec::with_capacity(found.len());
        for group in found.chunk_by(|(_, _, one), (_, _, other)| alike(one) == alike(other)) {
            let (class, rank) = (group[0].0, group[0].2.rank);
            let best = group.iter().take_while(|(other, _, step)| (*other, step.rank) == (class, rank));
            kept.extend(best.take(MOST_ALIKE).copied());
        }
        kept.sort_by_key(|(class, mode, step): &Found| (*class, step.rank, *mode, step.position));
        self.threads.clear();
        let (mut class, mut last) = (0, None);
        for (class_before, mode, step) in kept {
            let key = (class_before, step.rank);
            if last.is_some_and(|last| last != key) {
                class += 1;
            }
            last = Some(key);
            self.threads.push(Thread { step: self.steps.len() as u32, position: step.position, mode, class });
            self.steps.push(step);
        }
    }

    /// The positions that a best thread may go on to; at the start of the line, all first ones.
    pub fn next_positions(&self) -> Vec<PositionId> {
        let automaton = &self.syntax.automaton;
        if self.words.is_empty() {
            return self.modes.iter().flat_map(|name| self.first_positions(name, "")).collect();
        }
        self.best().flat_map(|thread| automaton.position(thread.position).follow.iter().copied()).collect()
    }

    /// The first positions of a mode's commands that may begin with this part of a keyword.
    fn first_positions<'s>(&'s self, mode: &str, begun: &'s str) -> impl Iterator<Item = PositionId> + 's {
        let automaton = &self.syntax.automaton;
        let positions = automaton.modes.get(mode).into_iter().flat_map(|mode| mode.beginning_with(begun));
        let meant = move |position: &PositionId| {
            self.refused.is_empty() || !self.refused.contains(&automaton.position(*position).command)
        };
        let positions = positions.filter(meant);
        let removable = move |position: &PositionId| {
            let position = automaton.position(*position);
            let stays = !self.syntax.rule(position.command).operational;
            stays && !position.takes.keywords().contains(&"no")
        };
        positions.filter(move |position| !self.removal || removable(position))
    }

    /// Whether the line may end here, for one of the best threads.
    pub fn may_end(&self) -> bool {
        self.best().any(|thread| self.ends(thread))
    }

    /// Whether some way to read the line as this command wants more words.
    pub fn goes_on(&self, rule: Rule) -> bool {
        self.threads.iter().any(|thread| self.rule(thread) == rule && !self.ends(thread))
    }

    /// The threads of the best class.
    pub fn best(&self) -> impl Iterator<Item = &Thread> {
        self.threads.iter().take_while(|thread| thread.class == 0)
    }

    /// The command that the line means, or the threads between which it stays open.
    pub fn decide(&self) -> Result<&Thread, Undecided> {
        let complete = self.threads.iter().filter(|thread| self.ends(thread));
        let chosen =
            complete.min_by_key(|thread| (thread.class, thread.mode)).ok_or_else(|| self.undecided())?;
        let rival = |thread: &Thread| {
            thread.class <= chosen.class
                && (thread.mode == chosen.mode || !self.ends(thread))
                && self.fork(chosen, thread).is_some_and(|(_, rank)| rank.is_abbreviation())
        };
        if self.threads.iter().any(rival) { Err(self.undecided()) } else { Ok(chosen) }
    }

    /// Why the end of the line comes too early for the best threads.
    fn undecided(&self) -> Undecided {
        let first = self.threads.first();
        let forks = self.best().filter_map(|thread| self.fork(first?, thread));
        let abbreviated = forks.filter(|(_, rank)| rank.is_abbreviation());
        let Some(word) = abbreviated.map(|(word, _)| word).min() else { return Undecided::Incomplete };
        let keywords: BTreeSet<_> = self.best().filter_map(|thread| self.keyword(thread, word)).collect();
        Undecided::Ambiguous { word, keywords: keywords.into_iter().collect() }
    }

    fn ends(&self, thread: &Thread) -> bool {
        self.position(thread).ends
    }

    fn position(&self, thread: &Thread) -> &'static Position {
        self.syntax.automaton.position(thread.position)
    }

    /// The steps of a thread, last first.
    fn steps(&self, thread: &Thread) -> impl Iterator<Item = &Step> {
        let mut at = Some(thread.step);
        std::iter::from_fn(move || {
            let step = &self.steps[at? as usize];
            at = step.before;
            Some(step)
        })
    }

    /// The first word that two threads read as different keywords, and how well it fits the first.
    fn fork(&self, one: &Thread, other: &Thread) -> Option<(usize, Rank)> {
        let pairs = self.steps(one).zip(self.steps(other)).enumerate();
        let keywords = pairs.filter_map(|(back, (one, other))| match (one.spelling, other.spelling) {
            (Spelling::Keyword(left), Spelling::Keyword(right)) if left != right => {
                Some((self.words.len() - 1 - back, one.rank))
            }
            _ => None,
        });
        keywords.last()
    }

    /// The keyword that a thread reads at a word.
    fn keyword(&self, thread: &Thread, word: usize) -> Option<&'static str> {
        match self.steps(thread).nth(self.words.len() - 1 - word)?.spelling {
            Spelling::Keyword(keyword) => Some(keyword),
            Spelling::Typed | Spelling::Unquoted => None,
        }
    }

    /// The rule of a thread's command.
    pub fn rule(&self, thread: &Thread) -> Rule {
        self.position(thread).command
    }

    /// Whether a thread has reached a value.
    pub fn has_value(&self, thread: &Thread) -> bool {
        self.steps(thread).any(|step| self.syntax.automaton.position(step.position).value.is_some())
    }

    /// The words of a thread in full. `body` is the line that they were cut from.
    pub fn spell(&self, thread: &Thread, body: &str) -> Box<[Word]> {
        let mut steps: Vec<&Step> = self.steps(thread).collect();
        steps.reverse();
        let mut words = Vec::with_capacity(steps.len());
        for (step, typed) in steps.iter().zip(&self.words) {
            let position = self.syntax.automaton.position(step.position);
            if let Takes::Line(_) = position.takes {
                let text = Cow::Owned(body[typed.start..].to_owned());
                words.push(Word { text, value: position.value.as_ref() });
                break;
            }
            let text = match step.spelling {
                Spelling::Keyword(keyword) => Cow::Borrowed(keyword),
                Spelling::Typed => Cow::Owned(self.syntax.spelling(position.takes.rule(), typed.text)),
                Spelling::Unquoted => Cow::Owned(unquoted(typed.text).unwrap_or(typed.text).to_owned()),
            };
            words.push(Word { text, value: position.value.as_ref() });
        }
        words.into_boxed_slice()
    }

    /// The command of a thread.
    pub fn command(&self, thread: &Thread, body: &str) -> Command {
        Command { dialect: self.syntax.dialect, rule: self.rule(thread), words: self.spell(thread, body) }
    }
}

/// A word that is a keyword in full is no abbreviation of another: `ip` never means `ipv6`.
fn drop_abbreviations(found: &mut Vec<Found>) {
    let exact = |(_, _, step): &&Found| step.rank == Rank::Exact;
    let classes: Vec<u32> = found.iter().filter(exact).map(|(class, ..)| *class).collect();
    found.retain(|(class, _, step)| !step.rank.is_abbreviation() || !classes.contains(class));
}

/// Why a line whose words all fit is no command yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Undecided {
    /// More words are needed.
    Incomplete,
    /// A word (counted from 0) abbreviates several keywords.
    Ambiguous { word: usize, keywords: Vec<&'static str> },
}
