//! Playing a script: each line is written out with what came of it, up to the first expectation
//! that fails.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use super::{Kind, Line, Pattern, Script, Stage, Target};
use crate::lab::LabError;
use crate::lab::host::{End, Output};

/// How many lines of an output a failure shows.
const TAIL: usize = 40;

/// The time between two attempts of a `within` command.
const PAUSE: Duration = Duration::from_millis(200);

/// Plays a script. The answer is whether all went as it says.
pub(in crate::lab) fn perform(
    script: &Script,
    stage: &mut dyn Stage,
    out: &mut dyn Write,
) -> Result<bool, LabError> {
    let outcome = play(script, stage, out);
    stage.script_ends();
    match outcome? {
        Ok(held) => {
            writeln!(out, "{}: all {held} expectations held", script.name)?;
            Ok(true)
        }
        Err(failure) => {
            writeln!(out, "{failure}")?;
            Ok(false)
        }
    }
}

/// The first thing that was not as the script says.
struct Failure {
    place: String,
    expected: String,
    output: String,
}

/// Gives the number of expectations that held.
fn play(
    script: &Script,
    stage: &mut dyn Stage,
    out: &mut dyn Write,
) -> Result<Result<usize, Failure>, LabError> {
    let mut last = Output::default();
    let mut held = 0;
    for (index, line) in script.lines.iter().enumerate() {
        writeln!(out, "{}", line.text)?;
        out.flush()?;
        match &line.kind {
            Kind::Remark => {}
            Kind::Sleep(time) => stage.pause(*time),
            Kind::Command { within, target, command } => {
                let expected = expectations(&script.lines[index + 1..]);
                last = match within {
                    None => run(stage, target, command)?,
                    Some(limit) => run_until(stage, target, command, *limit, &expected)?,
                };
                out.write_all(ended(&last.text).as_bytes())?;
                // What the console refuses, a script may say for a purpose; a program that fails, not.
                let must_succeed = *target != Target::Console || within.is_some() || last.end == End::Lost;
                if must_succeed && last.end != End::Good && expected.is_empty() {
                    return Ok(Err(failure(line, "the command to succeed".to_owned(), &last)));
                }
            }
            Kind::Expect { wanted, what } => {
                if what.is_in(&last.text) != *wanted {
                    let not = if *wanted { "" } else { "not " };
                    return Ok(Err(failure(line, format!("{not}{what}"), &last)));
                }
                held += 1;
            }
        }
    }
    Ok(Ok(held))
}

/// The `expect` lines that come next; remarks do not part them.
fn expectations(lines: &[Line]) -> Vec<(bool, &Pattern)> {
    lines
        .iter()
        .filter(|line| !matches!(line.kind, Kind::Remark))
        .map_while(|line| match &line.kind {
            Kind::Expect { wanted, what } => Some((*wanted, what)),
            Kind::Remark | Kind::Command { .. } | Kind::Sleep(_) => None,
        })
        .collect()
}

fn run(stage: &mut dyn Stage, target: &Target, command: &str) -> Result<Output, LabError> {
    match target {
        Target::Console => stage.console_line(command),
        Target::Host(host) if stage.knows(host) => stage.command(host, command),
        Target::Host(host) => Ok(Output::bad(format!("{host}: no such host in the lab\n"))),
    }
}

/// Runs a command until all that is expected holds, or the time is over. Where nothing is
/// expected, until it succeeds.
fn run_until(
    stage: &mut dyn Stage,
    target: &Target,
    command: &str,
    limit: Duration,
    expected: &[(bool, &Pattern)],
) -> Result<Output, LabError> {
    let deadline = stage.now() + limit;
    loop {
        let output = run(stage, target, command)?;
        let good = match expected {
            [] => output.end == End::Good,
            _ => expected.iter().all(|(wanted, what)| what.is_in(&output.text) == *wanted),
        };
        if good || stage.now() + PAUSE > deadline {
            return Ok(output);
        }
        stage.pause(PAUSE);
    }
}

impl Pattern {
    fn is_in(&self, output: &str) -> bool {
        match self {
            Self::Text(text) => one_blank(output).contains(one_blank(text).trim()),
            Self::Regex(regex) => regex.is_match(output),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Regex(regex) => write!(f, "/{regex}/"),
        }
    }
}

/// Each run of blanks as one; lines stay lines.
fn one_blank(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c == '\t' || c == '\r' { ' ' } else { c };
        if c != ' ' || !short.ends_with(' ') {
            short.push(c);
        }
    }
    short
}

/// Text that ends its last line.
fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn failure(line: &Line, expected: String, output: &Output) -> Failure {
    Failure { place: line.place.clone(), expected, output: output.text.clone() }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<&str> = self.output.lines().collect();
        let tail = &lines[lines.len().saturating_sub(TAIL)..];
        writeln!(f, "\n{}: FAILED", self.place)?;
        writeln!(f, "expected: {}", self.expected)?;
        match (tail.len(), lines.len()) {
            (_, 0) => writeln!(f, "there was no output")?,
            (shown, all) if shown < all => writeln!(f, "the last {shown} of {all} lines of output:")?,
            _ => writeln!(f, "the output:")?,
        }
        tail.iter().try_for_each(|line| writeln!(f, "| {line}"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Instant;

    use super::*;

    /// A router that repeats what it hears, a host `pc` whose answers are laid out, and a clock
    /// that moves when somebody waits.
    struct Rehearsal {
        answers: Vec<Output>,
        heard: Vec<String>,
        now: Instant,
    }

    impl Stage for Rehearsal {
        fn knows(&self, host: &str) -> bool {
            host == "pc"
        }

        fn console_line(&mut self, line: &str) -> Result<Output, LabError> {
            self.heard.push(line.to_owned());
            Ok(Output::bad(format!("{line}\n")))
        }

        fn command(&mut self, _: &str, command: &str) -> Result<Output, LabError> {
            self.heard.push(command.to_owned());
            Ok(if self.answers.len() > 1 { self.answers.remove(0) } else { self.answers[0].clone() })
        }

        fn now(&self) -> Instant {
            self.now
        }

        fn pause(&mut self, time: Duration) {
            self.now += time;
        }

        fn script_ends(&mut self) {
            self.heard.push("the end".to_owned());
        }
    }

    /// Plays a text against the answers of `pc`: whether it went well, what was written, what was
    /// heard, and the time that it took.
    fn rehearse(name: &str, text: &str, answers: &[Output]) -> (bool, String, Vec<String>, Duration) {
        let path: PathBuf = std::env::temp_dir().join(format!("tsuji-{name}-{}.lab", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let script = Script::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let start = Instant::now();
        let mut stage = Rehearsal { answers: answers.to_vec(), heard: Vec::new(), now: start };
        let mut out = Vec::new();
        let good = perform(&script, &mut stage, &mut out).unwrap();
        (good, String::from_utf8(out).unwrap(), stage.heard, stage.now - start)
    }

    #[test]
    fn expectations_look_at_the_nearest_output_above() {
        let script =
            "router# a  b\nexpect a b\nexpect not c\n# remark\npc$ x\nexpect /^two$/\nexpect not a b\n";
        let (good, out, heard, _) = rehearse("nearest", script, &[Output::bad("one\ntwo\n")]);
        assert!(good, "{out}");
        assert!(out.contains("pc$ x\none\ntwo\nexpect /^two$/\n"), "{out}");
        assert!(out.ends_with("all 4 expectations held\n"), "{out}");
        assert_eq!(heard, ["a  b", "x", "the end"]);
    }

    #[test]
    fn a_failure_names_the_line_and_shows_the_end_of_the_output() {
        let long: String = (1..=50).map(|number| format!("line {number}\n")).collect();
        let (good, out, heard, _) =
            rehearse("failure", "\npc$ x\nexpect line 51\npc$ y\n", &[Output::good(long)]);
        assert!(!good);
        assert!(
            out.contains(
                ".lab:3: FAILED\nexpected: line 51\nthe last 40 of 50 lines of output:\n| line 11\n"
            )
        );
        assert_eq!(heard, ["x", "the end"], "nothing runs after a failure");
    }

    #[test]
    fn a_program_that_fails_needs_an_expectation_and_a_refused_line_does_not() {
        let bad = [Output::bad("no\n")];
        assert!(!rehearse("fails", "pc$ x\n", &bad).0);
        assert!(!rehearse("stranger", "phone9$ x\n", &bad).0);
        assert!(rehearse("expected", "pc$ x\n\n# remark\nexpect no\n", &bad).0);
        assert!(rehearse("refused", "router# nonsense\n", &bad).0);
    }

    #[test]
    fn within_tries_again_until_all_holds_or_the_time_is_over() {
        let answers = [Output::bad("a\n"), Output::bad("a b\n"), Output::good("b\n")];
        let (good, _, heard, time) = rehearse("again", "within 5s pc$ x\nexpect b\nexpect not a\n", &answers);
        assert!(good);
        assert_eq!((heard.len(), time), (4, 2 * PAUSE));

        let (good, out, heard, time) =
            rehearse("over", "within 1s pc$ x\nexpect b\n", &[Output::good("a\n")]);
        assert!(!good);
        assert!(out.contains(".lab:2: FAILED\nexpected: b\n"), "{out}");
        assert_eq!((heard.len(), time), (7, 5 * PAUSE));

        assert!(rehearse("success", "within 1s pc$ x\n", &[Output::bad(""), Output::good("")]).0);
    }
}
