//! `tsuji translate`: what one command line says, the other says as well.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod cases;
mod models;
mod normal;
mod program;
mod properties;
mod services;
mod settings;

use tsuji::language::lower::lower;
use tsuji::language::raise::{Pairing, Raised, raise};
use tsuji::language::tree::Masking;
use tsuji::language::tree::reader::{self, Status};
use tsuji::model::Model;
use tsuji::types::Dialect;

/// A model in the words of a dialect, and what is read from them.
struct Said {
    raised: Raised,
    text: String,
    model: Model,
}

/// Says a model, and reads what was said: every line of it is understood.
fn said(model: &Model, dialect: Dialect) -> Said {
    let raised = raise(model, dialect, &Pairing::default());
    let text = raised.tree.print(dialect, Masking::No);
    let reading = reader::read(&text, Some(dialect));
    for line in &reading.outcomes {
        let known = line.status == Status::Ok || matches!(line.status, Status::Planned(_));
        assert!(known && line.dialect == dialect, "{line:?} of\n{text}");
    }
    let (model, _) = lower(&reading.tree);
    Said { raised, text, model }
}

/// What has been said once is said again, and nothing more is lost.
fn assert_settled(said: &Said, dialect: Dialect) {
    let again = self::said(&said.model, dialect);
    assert_eq!(again.raised.lost, []);
    assert_eq!(again.model, said.model, "{}", said.text);
}
