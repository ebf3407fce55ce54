//! One command of the reference: its form, what it does, its words and values, its place.

use std::fmt::Write;

use super::super::Syntax;
use super::super::info::RuleInfo;
use super::form::{Form, Value, plain_name};
use super::titles::mode_title;
use super::{Entry, Reference, mdoc};

/// A table's first column is as wide as its longest word, up to this.
const COLUMN: usize = 16;

impl Reference {
    /// Adds a command to a list of them.
    pub(super) fn entry(&self, entry: &Entry, out: &mut String) {
        for line in &entry.lines {
            let _ = writeln!(out, ".It {line}");
        }
        self.docs(entry.info, out);
        table(&self.rows(entry), out);
        self.notes(entry, out);
    }

    /// The prose of the grammar.
    fn docs(&self, info: &RuleInfo, out: &mut String) {
        let paragraphs = info.docs.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
        for (index, lines) in paragraphs.enumerate() {
            // The first paragraph says what the command does, the second how: they read as one.
            if index > 1 {
                out.push_str(".Pp\n");
            }
            out.push_str(&mdoc::prose(&lines.join(" ")));
        }
    }

    /// The words that this command explains and the values that it takes, in their order.
    fn rows(&self, entry: &Entry) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let mut add = |row: Row| {
            if rows.iter().all(|known| known.head != row.head) {
                rows.push(row);
            }
        };
        entry.synopsis.each(&mut |form| match form {
            Form::Keyword { text, .. } => word_row(&entry.info.words, text).into_iter().for_each(&mut add),
            Form::Value(value) if value.in_line() => {
                let words = self.parts.get(value.rule.as_str()).map_or(&[][..], |part| &part.words);
                value.words.iter().filter_map(|word| word_row(words, word)).for_each(&mut add);
            }
            Form::Value(value) => {
                let name = entry.synopsis.name(value);
                add(Row { head: format!("Ar {}", mdoc::word(&name)), body: self.meaning(value) });
            }
            Form::Phrase(rule, inner) => {
                let form = inner.bare(&|value| entry.synopsis.name(value));
                add(Row {
                    head: format!("Ar {}", mdoc::word(&plain_name(rule))),
                    body: format!(".{form}\n"),
                });
            }
            Form::Sequence(_) | Form::Choice(_) | Form::Optional(_) | Form::Repeated(_) => {}
        });
        rows
    }

    /// What a value is; for a list of words, the words too, or where they are.
    fn meaning(&self, value: &Value) -> String {
        let Some(part) = self.parts.get(value.rule.as_str()) else { return mdoc::prose(&value.plain_name()) };
        if self.common_types.contains_key(part.name) {
            let name = mdoc::word(&value.plain_name());
            return format!("{}.Po see\n.Ar {name}\nunder\n.Sx VALUES\n.Pc\n", mdoc::prose(part.help));
        }
        words_of(part, &value.words)
    }

    /// What becomes of the line, and how it is removed.
    fn notes(&self, entry: &Entry, out: &mut String) {
        let info = &entry.info;
        let mut notes = String::new();
        if let Some(feature) = info.planned {
            let _ = write!(notes, ".Em Planned :\nnot built yet ({}).\n", mdoc::prose(feature).trim_end());
        }
        if let Some(reason) = info.inert {
            let _ = write!(notes, ".Em Inert :\nit concerns {}, and has no effect.\n", concern(reason));
        }
        if let Some(mode) = info.opens {
            let _ = write!(notes, "Opens\n.Sx {} .\n", mode_title(self.dialect, mode).to_uppercase());
        }
        if !info.operational {
            self.life(entry, &mut notes);
        }
        if let [_, others @ ..] = info.modes.as_slice()
            && !others.is_empty()
        {
            let titles: Vec<String> = others
                .iter()
                .map(|mode| format!("Sx {}", mode_title(self.dialect, mode).to_uppercase()))
                .collect();
            notes.push_str("Also in\n");
            notes.push_str(&mdoc::enumeration(&titles, "and"));
        }
        if !notes.is_empty() {
            let _ = write!(out, ".Pp\n{notes}");
        }
    }

    /// How many lines of it there may be, and what `no` removes.
    fn life(&self, entry: &Entry, notes: &mut String) {
        let info = &entry.info;
        if info.ordered {
            notes.push_str("Lines keep the order in which they are typed.\n");
        }
        if !info.keys.is_empty() {
            notes.push_str("One line for each\n");
            let keys: Vec<String> =
                info.keys.iter().map(|key| format!("Ar {}", key.replace('_', "-"))).collect();
            notes.push_str(&mdoc::enumeration(&keys, "and"));
        }
        if entry.synopsis.alternatives().iter().any(|form| form.begins_with("no")) {
            notes.push_str("The form with\n.Cm no\nis kept as a line of its own.\n");
            return;
        }
        match self.removal(entry) {
            Some(beginning) => {
                let _ = writeln!(
                    notes,
                    "Removed by\n.Cm no {} .",
                    beginning.strip_prefix("Cm ").unwrap_or(&beginning)
                );
            }
            None => notes.push_str("Removed by\n.Cm no\nand the whole line.\n"),
        }
    }

    /// The beginning of its lines, as macros, that suffices after `no`: up to the first value for
    /// a command of many lines, without it for one of a single line; further where other commands
    /// begin so too. `None`: only the whole line will do.
    fn removal(&self, entry: &Entry) -> Option<String> {
        let (info, synopsis) = (&entry.info, &entry.synopsis);
        let single = info.keys.is_empty() && !info.ordered;
        let name = |value: &Value| synopsis.name(value);
        let short = Form::Sequence(synopsis.beginning(&info.keys, usize::from(!single))).macros(&name);
        if single {
            return Some(short).filter(|short| self.removes(info, &short.replace("Cm ", "")));
        }
        let all = self.areas.iter().flat_map(|area| &area.entries);
        let others = all.filter(|other| other.info.name != info.name && other.info.setting != info.setting);
        let shared = others.flat_map(|other| &other.lines).any(|line| line.starts_with(&short));
        let found =
            if shared { Form::Sequence(synopsis.beginning(&info.keys, 2)).macros(&name) } else { short };
        Some(found).filter(|found| !found.is_empty())
    }

    /// Whether `no` and these words remove a line of the command.
    fn removes(&self, info: &RuleInfo, words: &str) -> bool {
        let syntax = Syntax::of(self.dialect);
        let removal = syntax.parse_removal(&info.modes, words);
        removal.is_ok_and(|removal| removal.rules.iter().any(|rule| syntax.rule(*rule).name == info.name))
    }
}

/// A word or a value, and what it means.
struct Row {
    /// As macros, without the leading dot.
    head: String,
    /// Lines of text and macros.
    body: String,
}

fn word_row(words: &[(&str, &str)], text: &str) -> Option<Row> {
    let (word, help) = words.iter().find(|(word, _)| *word == text)?;
    Some(Row { head: format!("Cm {}", mdoc::word(word)), body: mdoc::prose(help) })
}

/// A type and, where it is a list of words, all of them.
pub(super) fn words_of(part: &RuleInfo, words: &[String]) -> String {
    let mut text = mdoc::prose(part.help);
    let rows: Vec<Row> = words.iter().filter_map(|word| word_row(&part.words, word)).collect();
    if rows.len() == words.len() {
        table(&rows, &mut text);
        return text;
    }
    let words: Vec<String> = words.iter().map(|word| format!("Cm {}", mdoc::word(word))).collect();
    text.trim_end().to_owned() + ":\n" + &mdoc::enumeration(&words, "or")
}

/// A table of words that have a meaning of their own.
pub(super) fn word_table(words: &[(&str, &str)], out: &mut String) {
    table(&words.iter().filter_map(|(word, _)| word_row(words, word)).collect::<Vec<_>>(), out);
}

fn table(rows: &[Row], out: &mut String) {
    let Some(longest) = rows.iter().map(|row| row.head.len() - 3).max() else { return };
    let _ = writeln!(out, ".Bl -tag -width {}n -compact", longest.clamp(4, COLUMN));
    for row in rows {
        let _ = write!(out, ".It {}\n{}", row.head, row.body);
    }
    out.push_str(".El\n");
}

fn concern(reason: &str) -> &str {
    match reason {
        "hardware" => "hardware that a Linux machine does not have",
        "cloud" => "a service of the vendor",
        other => other,
    }
}
