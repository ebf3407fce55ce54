//! One grammar, many uses: parse, abbreviate, complete, `?`, identity, manual.

mod grammar;

pub use grammar::Rule;
