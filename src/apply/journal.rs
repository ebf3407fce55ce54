//! The journal of a commit: what will be done, and how far it came.
//!
//! One JSON line each: the plan with its undos, then a mark before and after every batch of
//! steps, at last `closed`. A daemon that starts and finds a journal without that last line
//! knows which steps were done, and which one perhaps.
//!
//! Only the plan is synced to the disk. What the journal speaks of lives in the kernel and dies
//! with it, so a mark need only outlive this process; and a journal from before the last boot
//! says nothing about this kernel, which is why the plan notes the boot.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::op::Step;

/// The journal file of one router.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Option<File>,
}

/// A journal that was not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The boot of the machine in which it was written.
    pub boot: String,
    /// The whole plan.
    pub steps: Vec<Step>,
    /// The steps that were done and not undone.
    pub done: Range<usize>,
    /// The steps that were perhaps done, or perhaps undone; they follow `done`.
    pub uncertain: Range<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Record {
    Plan { boot: String, steps: Vec<Step> },
    Begin(Range<usize>),
    Done(Range<usize>),
    Undo(Range<usize>),
    Undone(Range<usize>),
    Closed,
}

impl Journal {
    /// The journal in this file, which need not exist; its directory must.
    pub fn at(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Begins the journal of one plan; an older one is overwritten.
    pub(super) fn open(&mut self, boot: &str, steps: &[Step]) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.path)?;
        self.file = Some(file);
        self.write(&Record::Plan { boot: boot.to_owned(), steps: steps.to_vec() })?;
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }

    /// Notes that steps are about to be done.
    pub(super) fn begin(&mut self, steps: Range<usize>) -> io::Result<()> {
        self.write(&Record::Begin(steps))
    }

    /// Notes that steps are done.
    pub(super) fn done(&mut self, steps: Range<usize>) -> io::Result<()> {
        self.write(&Record::Done(steps))
    }

    /// Notes that steps are about to be undone.
    pub(super) fn undo(&mut self, steps: Range<usize>) -> io::Result<()> {
        self.write(&Record::Undo(steps))
    }

    /// Notes that steps are undone.
    pub(super) fn undone(&mut self, steps: Range<usize>) -> io::Result<()> {
        self.write(&Record::Undone(steps))
    }

    /// Notes that the commit has ended, done or undone as a whole.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.write(&Record::Closed)?;
        self.file = None;
        Ok(())
    }

    /// Goes on with a journal that an earlier process left open.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        self.file = Some(OpenOptions::new().append(true).open(&self.path)?);
        // Whatever half a line the crash left, the next one stands alone.
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(b"\n"))
    }

    /// The journal that an earlier process left open, if it did.
    pub(super) fn left_open(&self) -> io::Result<Option<Open>> {
        match std::fs::read(&self.path) {
            Ok(text) => Ok(read(&String::from_utf8_lossy(&text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&mut self, record: &Record) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Err(io::Error::other("the journal is not open"));
        };
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        // One write, so that a crash leaves the whole line or none of it.
        file.write_all(&line)
    }
}

fn read(text: &str) -> Option<Open> {
    // A line that cannot be read is one that the crash cut off: what it would say never began.
    let mut records = text.lines().filter_map(|line| serde_json::from_str(line).ok());
    let Some(Record::Plan { boot, steps }) = records.next() else { return None };
    let (mut done, mut begun) = (0, 0);
    for record in records {
        match record {
            Record::Begin(range) => begun = range.end,
            Record::Done(range) => done = range.end,
            Record::Undo(range) => done = range.start,
            Record::Undone(range) => begun = range.start,
            Record::Plan { .. } => {}
            Record::Closed => return None,
        }
    }
    let begun = begun.clamp(done, steps.len().max(done));
    (done <= steps.len()).then_some(Open { boot, steps, done: 0..done, uncertain: done..begun })
}

#[cfg(test)]
mod tests {
    #[test]
    fn marks_say_how_far_it_came() {
        let step = r#"{"op":{"AddBridge":"ge0"},"undo":{"DeleteBridge":"ge0"},"origin":1}"#;
        let plan = format!(r#"{{"plan":{{"boot":"b","steps":[{}]}}}}"#, [step; 4].join(","));
        let mark =
            |name: &str, from: usize, to: usize| format!(r#"{{"{name}":{{"start":{from},"end":{to}}}}}"#);
        let read = |marks: &[String]| {
            super::read(&format!("{plan}\n{}", marks.join("\n"))).map(|open| (open.done, open.uncertain))
        };

        assert_eq!(read(&[]), Some((0..0, 0..0)));
        let mut marks = vec![mark("begin", 0, 1), mark("done", 0, 1), mark("begin", 1, 3)];
        assert_eq!(read(&marks), Some((0..1, 1..3)));
        marks.push(mark("done", 1, 3));
        assert_eq!(read(&marks), Some((0..3, 3..3)));
        marks.push(mark("undo", 2, 3));
        assert_eq!(read(&marks), Some((0..2, 2..3)));
        marks.push(mark("undone", 2, 3));
        assert_eq!(read(&marks), Some((0..2, 2..2)));
        marks.push(r#"{"clos"#.to_owned());
        assert_eq!(read(&marks), Some((0..2, 2..2)), "a line that was cut off says nothing");
        marks.push(r#""closed""#.to_owned());
        assert_eq!(read(&marks), None);
        assert_eq!(super::read("no journal\n"), None);
        assert_eq!(super::read(&format!("{plan}\n{}", mark("done", 0, 9))), None, "marks beyond the plan");
    }
}
