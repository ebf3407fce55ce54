//! Compiles the grammar while the program is built, so that it need not be read at every start.
//!
//! ```text
//! grammar/*.pest ─► load (rules, docs) ─► compile (automaton) ─► write (ix.table, rtx.table)
//! ```
//!
//! `src/language/syntax/table.rs` reads the tables, and says how they are laid out.

mod compile;
mod load;
mod write;

use std::path::Path;
use std::{env, fs, io};

/// Where the grammar files are named, in their order.
const NAMED_IN: &str = "src/language/syntax/grammar.rs";

#[expect(clippy::disallowed_macros, reason = "cargo listens to what a build script prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=grammar");
    println!("cargo:rerun-if-changed={NAMED_IN}");
    let files = grammar_files()?;
    let directory = env::var("OUT_DIR")?;
    for (dialect, other) in [("ix", "grammar/rtx/"), ("rtx", "grammar/ix/")] {
        let own: Vec<_> = files.iter().filter(|(path, _)| !path.starts_with(other)).collect();
        let rules = load::load(&own)?;
        let automaton = compile::compile(&rules)?;
        fs::write(Path::new(&directory).join(format!("{dialect}.table")), write::table(&rules, &automaton))?;
    }
    Ok(())
}

/// Path and text of every grammar file. The process ends soon: the texts may stay.
fn grammar_files() -> io::Result<Vec<(String, &'static str)>> {
    let named = fs::read_to_string(NAMED_IN)?;
    let paths = named.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix('"'));
    let paths = paths.filter(|path| path.starts_with("grammar/"));
    paths.map(|path| Ok((path.to_owned(), &*fs::read_to_string(path)?.leak()))).collect()
}
