//! Whole files of any bytes, read as either command line: no panic, every line of the text in one
//! outcome at most, and what is kept prints and reads back to itself.

use tsuji::config::advice::advise;
use tsuji::language::lower::lower;
use tsuji::language::text;
use tsuji::language::tree::Masking;
use tsuji::language::tree::reader::{self, Status};
use tsuji::types::Dialect;

pub fn run(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let dialect = [None, Some(Dialect::Ix), Some(Dialect::Rtx)][usize::from(*choice) % 3];
    let text = text::decode(bytes).text;
    let reading = reader::read(&text, dialect);
    let mut last = 0;
    for outcome in &reading.outcomes {
        assert!(outcome.number > last, "{outcome:?}");
        last = outcome.number;
        if let Status::Error { column, .. } = outcome.status {
            assert!((1..=outcome.text.chars().count() + 2).contains(&column), "{outcome:?}");
        }
    }
    let (model, _) = lower(&reading.tree);
    advise(&reading.tree, &model);
    let printed = reading.tree.print(reading.dialect, Masking::No);
    let again = reader::read(&printed, Some(reading.dialect)).tree;
    assert_eq!(again.print(reading.dialect, Masking::No), printed);
}
