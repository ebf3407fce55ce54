//! The command reference, made from the grammar: tsuji-ix(7) and tsuji-rtx(7), in mdoc.
//!
//! ```text
//! Syntax (docs, annotations) ────────────────────┬─► entry (one a command) ─► page
//! grammar/*.pest ─► pest's own tree ─► synopsis ─┘
//! ```
//!
//! A section for each mode, in it one for each area, in it the commands in the order of the
//! grammar. A command of several modes stands in the first.

mod entry;
mod form;
mod mdoc;
mod synopsis;
mod titles;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use pest_meta::ast::Rule as Expression;
use pest_meta::parser::{self, Rule as Meta};

use super::info::RuleInfo;
use super::{Dialect, Syntax, grammar};
use form::{Form, Value};
use synopsis::Synopsis;
use titles::{area_title, mode_title, outer_mode, vendor};

/// The date on the pages: that of the last change to their form. What the grammar says has no date.
const DATE: &str = "November 21, 2026";

/// The manual page of a command line, in mdoc.
#[expect(clippy::expect_used, reason = "the grammar is part of the program, and tests read all of it")]
pub fn page(dialect: Dialect) -> String {
    Reference::read(dialect).expect("the built-in grammar is sound").page()
}

/// How many commands there are, by what becomes of their lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Commands that have an effect.
    pub works: usize,
    /// Commands that are known, and not built yet.
    pub planned: usize,
    /// Commands that can have no meaning on Linux.
    pub inert: usize,
}

impl Figures {
    /// Those of several areas together.
    pub fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            works: sum.works + one.works,
            planned: sum.planned + one.planned,
            inert: sum.inert + one.inert,
        })
    }
}

/// The figures of a command line, by the titles of its areas.
pub fn figures(dialect: Dialect) -> BTreeMap<String, Figures> {
    let mut areas: BTreeMap<String, Figures> = BTreeMap::new();
    for info in Syntax::of(dialect).commands() {
        let figures = areas.entry(area_title(info.file)).or_default();
        match (info.planned, info.inert) {
            (Some(_), _) => figures.planned += 1,
            (None, Some(_)) => figures.inert += 1,
            (None, None) => figures.works += 1,
        }
    }
    areas
}

/// One command of the reference.
struct Entry {
    info: &'static RuleInfo,
    synopsis: Synopsis,
    /// Its forms, as macros.
    lines: Vec<String>,
}

impl Entry {
    fn of(info: &'static RuleInfo, expressions: &BTreeMap<&str, &Expression>) -> Option<Self> {
        let synopsis = Synopsis::of(expressions.get(info.name)?, expressions);
        let lines = synopsis.lines(&|value| synopsis.name(value));
        Some(Self { info, synopsis, lines })
    }
}

/// All that a page is made of.
struct Reference {
    dialect: Dialect,
    /// The grammar's files that have commands, in their order.
    areas: Vec<Area>,
    /// What the grammar says of the rules that are no commands, by name.
    parts: BTreeMap<&'static str, &'static RuleInfo>,
    /// The long lists of words that several commands take: explained once, at the end.
    common_types: BTreeMap<&'static str, Vec<String>>,
}

/// A list of words that more commands take than this is explained at the end of the page.
const COMMANDS_OF_A_LIST: usize = 2;

struct Area {
    title: String,
    entries: Vec<Entry>,
}

impl Reference {
    fn read(dialect: Dialect) -> Result<Self, String> {
        let other = format!("grammar/{}/", dialect.other());
        let files = || grammar::FILES.iter().filter(|(path, _)| !path.starts_with(&other));
        let text: String = files().map(|(_, text)| *text).collect();
        let pairs = parser::parse(Meta::grammar_rules, &text).map_err(|error| error.to_string())?;
        let expressions = parser::consume_rules(pairs).map_err(|errors| format!("{errors:?}"))?;
        let expressions: BTreeMap<&str, &Expression> =
            expressions.iter().map(|rule| (rule.name.as_str(), rule)).collect();

        let mut reference =
            Self { dialect, areas: Vec::new(), parts: BTreeMap::new(), common_types: BTreeMap::new() };
        let rules = || Syntax::of(dialect).rules();
        for (file, _) in files() {
            let commands = rules().filter(|info| info.file == *file && !info.modes.is_empty());
            let entries = commands.filter_map(|info| Entry::of(info, &expressions)).collect();
            reference.areas.push(Area { title: area_title(file), entries });
        }
        let parts = rules().filter(|info| info.modes.is_empty());
        reference.parts = parts.map(|info| (info.name, info)).collect();
        reference.common_types = reference.find_common_types();
        Ok(reference)
    }

    fn find_common_types(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut takers: BTreeMap<&str, (BTreeSet<&str>, &[String])> = BTreeMap::new();
        for entry in self.entries() {
            entry.synopsis.each(&mut |form| {
                if let Form::Value(value) = form
                    && !value.words.is_empty()
                    && !value.in_line()
                {
                    let taker = takers.entry(&value.rule).or_insert((BTreeSet::new(), &value.words));
                    taker.0.insert(entry.info.name);
                }
            });
        }
        let common = takers.into_iter().filter(|(_, (commands, _))| commands.len() > COMMANDS_OF_A_LIST);
        let named =
            common.filter_map(|(rule, (_, words))| Some((self.parts.get(rule)?.name, words.to_vec())));
        named.collect()
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.areas.iter().flat_map(|area| &area.entries)
    }

    fn page(&self) -> String {
        let mut out = String::new();
        self.front(&mut out);
        for mode in self.modes() {
            let _ = writeln!(out, ".Sh {}", mode_title(self.dialect, mode).to_uppercase());
            self.introduce(mode, &mut out);
            for area in &self.areas {
                let mut entries = area.entries.iter().filter(|entry| entry.info.modes[0] == mode).peekable();
                if entries.peek().is_none() {
                    continue;
                }
                let _ = writeln!(out, ".Ss {}\n.Bl -tag -width Ds", area.title);
                entries.for_each(|entry| self.entry(entry, &mut out));
                out.push_str(".El\n");
            }
        }
        self.value_tables(&mut out);
        let other = self.dialect.other();
        let _ = writeln!(out, ".Sh SEE ALSO\n.Xr tsuji.conf 5 ,\n.Xr tsuji-{other} 7 ,\n.Xr tsuji 8");
        out
    }

    /// The long lists of words that several commands take.
    fn value_tables(&self, out: &mut String) {
        if self.common_types.is_empty() {
            return;
        }
        out.push_str(".Sh VALUES\nThese stand in several commands.\n.Bl -tag -width Ds\n");
        for (rule, words) in &self.common_types {
            let _ = writeln!(out, ".It Ar {}", mdoc::word(&form::plain_name(rule)));
            out.push_str(&entry::words_of(self.parts[rule], words));
        }
        out.push_str(".El\n");
    }

    /// All that comes before the commands.
    fn front(&self, out: &mut String) {
        let (dialect, vendor) = (self.dialect, vendor(self.dialect));
        let Figures { works, planned, inert } = Figures::sum(figures(dialect).values());
        let _ = writeln!(
            out,
            ".\\\" Made from grammar/: do not edit. TSUJI_UPDATE=1 cargo test --test manual makes it anew.\n\
             .Dd {DATE}\n.Dt TSUJI-{} 7\n.Os\n.Sh NAME\n.Nm tsuji-{dialect}\n\
             .Nd the command line of the {vendor}, as tsuji knows it\n.Sh DESCRIPTION\n\
             These are all commands of the {vendor} that\n.Xr tsuji 8\nknows:\n\
             {works} that work, {planned} that are\n.Em planned\n\
             (known and kept, without effect yet),\nand {inert} that are\n.Em inert\n\
             (known, and without meaning on Linux).",
            dialect.word().to_uppercase()
        );
        out.push_str(NOTATION);
        if self.common_words().is_empty() {
            return;
        }
        out.push_str(".Ss Common words\nWords that stand in many commands are explained here once.\n");
        entry::word_table(self.common_words(), out);
    }

    /// The words that are explained once for all commands.
    fn common_words(&self) -> &[(&'static str, &'static str)] {
        let name = format!("{}_words", self.dialect);
        self.parts.get(name.as_str()).map_or(&[], |info| &info.words)
    }

    /// A mode's first sentences: who opens it.
    fn introduce(&self, mode: &str, out: &mut String) {
        let openers: Vec<String> = self
            .entries()
            .filter(|entry| entry.info.opens == Some(mode))
            .filter_map(|entry| entry.synopsis.lines(&Value::plain_name).into_iter().next())
            .collect();
        match openers.as_slice() {
            [] => out.push_str(outer_mode(mode)),
            openers => {
                out.push_str("These lines belong to what is opened by\n");
                out.push_str(&mdoc::enumeration(openers, "or"));
                out.push_str("The commands of the outer modes are understood here too.\n");
            }
        }
    }

    /// The modes, the outer ones first.
    fn modes(&self) -> Vec<&'static str> {
        let mut modes = vec!["operation", "global"];
        for mode in self.entries().map(|entry| entry.info.modes[0]) {
            if !modes.contains(&mode) {
                modes.push(mode);
            }
        }
        modes
    }
}

const NOTATION: &str = "\
.Pp
Words in
.Cm bold
are typed as they are, or abbreviated as far as they stay unambiguous;
.Ar others
stand for values.
What is in brackets may be left out; a bar separates alternatives;
dots say that more of the same may follow.
.Pp
.Cm no
and the beginning of a line removes the lines that begin so.
It has to reach the first value;
a setting of which there is one line only is named by its words alone.
";
