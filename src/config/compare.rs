//! What differs between two configurations, as a unified diff.

use std::fmt::Write;

use similar::{ChangeTag, TextDiff};

use crate::language::tree::{Masking, Tree};
use crate::types::Dialect;

/// Lines of unchanged text around a change.
const CONTEXT: usize = 3;

/// The difference between two trees in the layout of a dialect: lines that only `old` has begin
/// with `-`, those that only `new` has with `+`. Each `@@` line names the block that the change
/// stands in. Empty for equal trees. Secrets are masked, so a change of a secret alone is shown
/// as a note.
pub fn compare(old: &Tree, new: &Tree, dialect: Dialect) -> String {
    let [before, after] = [old, new].map(|tree| tree.print(dialect, Masking::Yes));
    if before == after && old.print(dialect, Masking::No) != new.print(dialect, Masking::No) {
        return "(only secrets differ)\n".to_owned();
    }
    let diff = TextDiff::from_lines(&before, &after);
    let lines: Vec<&str> = before.lines().collect();
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let first = hunk.ops().first().map_or(0, |op| op.old_range().start);
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{}{}", hunk.header().to_string().trim_end(), block_around(&lines, first));
        for change in hunk.iter_changes() {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let _ = writeln!(out, "{sign}{}", change.value().trim_end());
        }
    }
    out
}

/// The line that opens the block in which line `at` stands, after a blank.
fn block_around(lines: &[&str], at: usize) -> String {
    let is_inside = lines.get(at).is_some_and(|line| line.starts_with(' '));
    let header = lines.iter().take(at).rfind(|line| !line.starts_with(' ')).filter(|_| is_inside);
    header.map(|header| format!(" {header}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::tree::reader;

    #[test]
    fn a_change_is_shown_with_its_block() {
        let read = |text: &str| reader::read(text, Some(Dialect::Ix)).tree;
        let old = read(
            "interface GigaEthernet1.0\n  ip address 10.0.0.1/24\n  ip address 10.0.1.1/24 secondary\n  ip address 10.0.2.1/24 secondary\n  ip address 10.0.3.1/24 secondary\n  shutdown\n",
        );
        let mut new = old.clone();
        assert_eq!(compare(&old, &new, Dialect::Ix), "");
        new = new.with_edits(&old, &read("interface GigaEthernet1.0\n  ip address 10.0.0.1/24\n  ip address 10.0.1.1/24 secondary\n  ip address 10.0.2.1/24 secondary\n  ip address 10.0.3.1/24 secondary\n  no shutdown\n"));
        let expected = "@@ -3,5 +3,5 @@ interface GigaEthernet1.0\n   ip address 10.0.1.1/24 secondary\n   \
                        ip address 10.0.2.1/24 secondary\n   ip address 10.0.3.1/24 secondary\n-  shutdown\n+  no shutdown\n !\n";
        assert_eq!(compare(&old, &new, Dialect::Ix), expected);
    }
}
