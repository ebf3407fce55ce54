//! The parser that pest derives from the files in `grammar/`.

/// Both command lines. Only the walker calls it, on one rule and a canonical line.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/common.pest"]
#[grammar = "grammar/ix/system.pest"]
pub struct Grammar;
