//! Files that are old or new, never half, and that only their owner reads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Replaces a file in one step: the text is on the disk before the name points to it.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut name = path.file_name().ok_or_else(|| io::Error::other("this is no name of a file"))?.to_owned();
    name.push(".new");
    let draft = directory.join(name);
    write_draft(&draft, text).and_then(|()| fs::rename(&draft, path)).inspect_err(|_| {
        // The first error is the one to tell; the draft is overwritten next time.
        let _ = fs::remove_file(&draft);
    })?;
    File::open(directory)?.sync_all()
}

fn write_draft(path: &Path, text: &str) -> io::Result<()> {
    // A left-over draft may have been made with other rights.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
