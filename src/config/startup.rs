//! The startup configuration: one plain text file, read at boot and written by `write memory`.

use std::io;
use std::path::Path;

use super::file;
use crate::language::text;
use crate::language::tree::reader::{self, Reading};
use crate::language::tree::{Masking, Tree};
use crate::types::Dialect;

/// Reads the startup file, whatever its encoding. `None`: there is none yet, as on a fresh machine. Lines that are not
/// understood are among the outcomes and stop nothing.
///
/// # Errors
///
/// The system's, if the file is there and cannot be read.
pub fn read(path: &Path) -> io::Result<Option<Reading>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(reader::read(&text::decode(&bytes).text, None))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes the startup file in one step, readable by its owner only; secrets are in it.
///
/// # Errors
///
/// The system's; the old file is then still there.
pub fn write(path: &Path, tree: &Tree, dialect: Dialect) -> io::Result<()> {
    file::write(path, &tree.print(dialect, Masking::No))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_saved_is_what_boots() {
        let directory = std::env::temp_dir().join(format!("tsuji-startup-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("startup.conf");
        assert!(read(&path).unwrap().is_none());
        let tree = reader::read("hostname a\ninterface GigaEthernet0.0\n  no shutdown\n", None).tree;
        write(&path, &tree, Dialect::Ix).unwrap();
        write(&path, &tree, Dialect::Ix).unwrap();
        let reading = read(&path).unwrap().unwrap();
        assert_eq!((reading.tree, reading.dialect), (tree, Dialect::Ix));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1, "no draft is left");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
