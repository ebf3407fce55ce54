//! Pairs: the same router in both command lines gives the same model.
//!
//! `tests/pairs/CASE/{ix.conf,rtx.conf,model.txt}`; `TSUJI_UPDATE=1` rewrites `model.txt`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use tsuji::language::lower::lower;
use tsuji::language::tree::reader::{self, Status};
use tsuji::model::Model;
use tsuji::types::Dialect;

#[path = "support/model_text.rs"]
mod model_text;

#[test]
fn both_command_lines_ask_for_the_same_router() {
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pairs");
    let mut count = 0;
    for pair in fs::read_dir(pairs).unwrap() {
        let pair = pair.unwrap().path();
        let [ix, rtx] = Dialect::ALL.map(|dialect| model(&pair.join(format!("{dialect}.conf")), dialect));
        assert_eq!(model_text::model_text(&ix), model_text::model_text(&rtx), "{}", pair.display());
        assert_eq!(ix, rtx, "{}", pair.display());
        let written = pair.join("model.txt");
        if std::env::var_os("TSUJI_UPDATE").is_some() {
            fs::write(&written, model_text::model_text(&ix)).unwrap();
        }
        assert_eq!(model_text::model_text(&ix), fs::read_to_string(&written).unwrap(), "{}", pair.display());
        count += 1;
    }
    assert!(count > 0, "there are no pairs");
}

fn model(path: &Path, dialect: Dialect) -> Model {
    let text = fs::read_to_string(path).unwrap();
    let reading = reader::read(&text, None);
    assert_eq!(reading.dialect, dialect, "{}: taken for the other dialect", path.display());
    for line in &reading.outcomes {
        let known = line.status == Status::Ok || matches!(line.status, Status::Planned(_));
        let fine = known && line.dialect == dialect && line.warning.is_empty();
        assert!(fine, "{}: {line:?}", path.display());
    }
    let (model, diagnostics) = lower(&reading.tree);
    assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", path.display());
    model
}
