//! From the model of a router to the lines of a command line: lowering, backwards.
//!
//! Every area has a file in `ix/` and one in `rtx/`, of the same name as its file in `lower`. It
//! takes its part of the [`Model`] apart field by field, so that a new field does not compile until
//! somebody says what becomes of it. What a dialect takes for granted and the other does not is
//! written out.
//!
//! Each line goes to the [`Page`] through the one door for typed lines, so the grammar is the judge
//! of what can be said: a metric that is too high for the target is lost by itself, and with words.
//! What an area cannot say at all it gives up with [`Page::lose`]. Nothing is lost silently.

mod ix;
mod page;
mod pairing;
mod rtx;

pub use pairing::{Pair, PairError, Pairing};

use page::Page;

use super::tree::Tree;
use crate::model::Model;
use crate::types::{Dialect, LineId};

/// A model in the words of a dialect.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The lines. Reading them gives the model again, but for what is lost.
    pub tree: Tree,
    /// What they do not say, in the order found.
    pub lost: Vec<Lost>,
}

/// A setting, or a part of it, that the dialect has no line for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The line that the model has it from.
    pub line: LineId,
    /// What is lost, and why.
    pub reason: String,
}

/// Says in a dialect what a model asks for; `pairing` tells which port is which.
pub fn raise(model: &Model, dialect: Dialect, pairing: &Pairing) -> Raised {
    write(model, dialect, Page::new(dialect, pairing, false))
}

/// As [`raise`], for a model that comes from the other dialect: what an appliance of this one does
/// unless it is told not to, and one of the other does not, is switched off.
pub fn raise_foreign(model: &Model, dialect: Dialect, pairing: &Pairing) -> Raised {
    write(model, dialect, Page::new(dialect, pairing, true))
}

fn write(model: &Model, dialect: Dialect, mut page: Page<'_>) -> Raised {
    match dialect {
        Dialect::Ix => ix::raise(&mut page, model),
        Dialect::Rtx => rtx::raise(&mut page, model),
    }
    page.finish()
}
