//! Reading scripts.

use std::fs;
use std::path::Path;
use std::time::Duration;

use regex::RegexBuilder;

use super::{Kind, Line, Pattern, Script, ScriptError, Target};

/// How deep files may include each other.
const DEEPEST: usize = 16;

impl Script {
    /// Reads a file and what it includes; an included name is relative to the file that names it.
    pub(crate) fn read(path: &Path) -> Result<Self, ScriptError> {
        let mut lines = Vec::new();
        read_into(&mut lines, path, 0)?;
        Ok(Self { name: path.display().to_string(), lines })
    }
}

fn read_into(lines: &mut Vec<Line>, path: &Path, depth: usize) -> Result<(), ScriptError> {
    let text =
        fs::read_to_string(path).map_err(|source| ScriptError::File { path: path.to_owned(), source })?;
    for (index, text) in text.lines().enumerate() {
        let place = format!("{}:{}", path.display(), index + 1);
        let wrong = |problem: String| ScriptError::Line {
            place: place.clone(),
            problem,
            text: text.trim().to_owned(),
        };
        if let Some(file) = text.trim().strip_prefix("include ") {
            if depth == DEEPEST {
                return Err(wrong("files include each other without end".to_owned()));
            }
            read_into(lines, &path.with_file_name(file.trim()), depth + 1)?;
            continue;
        }
        let kind = kind(text.trim()).map_err(wrong)?;
        if matches!(kind, Kind::Expect { .. })
            && !lines.iter().any(|line| matches!(line.kind, Kind::Command { .. }))
        {
            return Err(ScriptError::Line {
                place,
                problem: "no command above".to_owned(),
                text: text.to_owned(),
            });
        }
        lines.push(Line { place, text: text.to_owned(), kind });
    }
    Ok(())
}

/// Reads one line, which no blanks surround.
fn kind(line: &str) -> Result<Kind, String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(Kind::Remark);
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match (word, rest.trim_start()) {
        ("expect", "") => Err("nothing is expected".to_owned()),
        ("expect", what) => expect(what),
        ("sleep", time) => Ok(Kind::Sleep(seconds(time)?)),
        ("within", rest) => {
            let (time, rest) = rest.split_once(char::is_whitespace).ok_or("within Ns COMMAND-LINE")?;
            command(rest.trim_start(), Some(seconds(time)?))
        }
        _ => command(line, None),
    }
}

fn expect(what: &str) -> Result<Kind, String> {
    let (wanted, what) = match what.strip_prefix("not ") {
        Some(rest) => (false, rest.trim_start()),
        None => (true, what),
    };
    let what = match what.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        Some(expression) if !expression.is_empty() => {
            let regex = RegexBuilder::new(expression).multi_line(true).build();
            Pattern::Regex(regex.map_err(|error| format!("no regular expression ({error})"))?)
        }
        _ => Pattern::Text(what.to_owned()),
    };
    Ok(Kind::Expect { wanted, what })
}

/// `router# …`, `router(config)# …`, `HOST$ …`.
fn command(line: &str, within: Option<Duration>) -> Result<Kind, String> {
    let end = line.find(['#', '$']).ok_or("no command: HOST$ … or router# …")?;
    let (prompt, rest) = line.split_at(end);
    let command = rest[1..].trim_start().to_owned();
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    let target = match prompt.strip_prefix("router") {
        Some(mode) if rest.starts_with('#') && !mode.starts_with(|c: char| c.is_alphanumeric()) => {
            Target::Console
        }
        _ if rest.starts_with('$') && is_name(prompt) => Target::Host(prompt.to_owned()),
        _ => return Err("no command: HOST$ … or router# …".to_owned()),
    };
    Ok(Kind::Command { within, target, command })
}

/// `5s`, `0.5s`.
fn seconds(text: &str) -> Result<Duration, String> {
    text.strip_suffix('s')
        .and_then(|number| number.parse().ok())
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or_else(|| format!("{text:?} is no time such as 5s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target_of(line: &str) -> (Target, String) {
        match kind(line).unwrap() {
            Kind::Command { target, command, .. } => (target, command),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_first_sign_says_who_runs_a_command() {
        assert_eq!(target_of("router# show ip route"), (Target::Console, "show ip route".to_owned()));
        assert_eq!(target_of("router(config)#no ip"), (Target::Console, "no ip".to_owned()));
        assert_eq!(target_of("router(config-if)# exit"), (Target::Console, "exit".to_owned()));
        assert_eq!(
            target_of("router$ ip a # all"),
            (Target::Host("router".to_owned()), "ip a # all".to_owned())
        );
        assert_eq!(target_of("pc$ echo $HOME"), (Target::Host("pc".to_owned()), "echo $HOME".to_owned()));
        for wrong in ["ping server", "router2# x", "pc# x", "pc(config)$ x", "$ x"] {
            assert!(kind(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn within_takes_a_time_and_a_command() {
        let Kind::Command { within, target, command } = kind("within 1.5s pc$ ping server").unwrap() else {
            panic!("not a command");
        };
        assert_eq!(within, Some(Duration::from_millis(1500)));
        assert_eq!((target, command.as_str()), (Target::Host("pc".to_owned()), "ping server"));
        for wrong in
            ["within 5s", "within 5 pc$ x", "within -1s pc$ x", "sleep", "sleep s", "expect", "expect /(/"]
        {
            assert!(kind(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_script_without_a_command_expects_nothing() {
        let path = std::env::temp_dir().join(format!("tsuji-script-{}.lab", std::process::id()));
        fs::write(&path, "# only this\nexpect a\n").unwrap();
        let error = Script::read(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}:2: no command above: expect a", path.display()));

        fs::write(&path, format!("include {}\n", path.display())).unwrap();
        let error = Script::read(&path).unwrap_err().to_string();
        assert!(error.contains("without end"), "{error}");
        fs::remove_file(path).unwrap();
    }
}
