//! The last line of an export, which vouches for the lines before it: an export that was cut off or
//! changed is noticed when it is read.
//!
//! ```text
//! {"through":120000,"log":"00f1…","sha256":"9c4b…"}
//! ```
//!
//! The hash is SHA-256 over the lines since the seal before it, line breaks included, so that pieces
//! exported one after the other can be put into one file.

use crate::Refusal;
use crate::hashed::Hashed;
use anyhow::Context as _;
use events::log::LogId;
use events::{Pos, Recorded, jsonl};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read as _, Write};

/// A line that is longer is no record: the largest has 64 KiB as bytes.
const MAX_LINE_BYTES: u64 = 1 << 20;
const BEGIN: &str = "{\"through\":";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    through: Pos,
    log: String,
    sha256: String,
}

/// Writes the lines of an export.
pub(crate) struct Writer<'a> {
    out: Hashed<&'a mut dyn Write>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Self {
        Self { out: Hashed::new(out) }
    }

    /// Writes whole lines.
    pub(crate) fn lines(&mut self, lines: &str) -> anyhow::Result<()> {
        Ok(self.out.write_all(lines.as_bytes())?)
    }

    /// Ends the export of `log`, which reaches to `through`.
    pub(crate) fn seal(mut self, log: LogId, through: Pos) -> anyhow::Result<()> {
        let seal = Seal { through, log: log.to_string(), sha256: self.out.sha256() };
        writeln!(self.out, "{}", serde_json::to_string(&seal)?)?;
        Ok(self.out.flush()?)
    }
}

/// Reads the lines of an export, and believes them only with their seal.
pub(crate) struct Reader<R> {
    lines: Hashed<R>,
    line: String,
    /// The number of the line read last, from 1.
    number: u64,
    /// The position of the record read last.
    last: Pos,
    sealed: bool,
    /// How many bytes were read.
    pub(crate) bytes: u64,
}

impl<R: BufRead> Reader<R> {
    pub(crate) fn new(lines: R) -> Self {
        Self { lines: Hashed::new(lines), line: String::new(), number: 0, last: 0, sealed: false, bytes: 0 }
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// [`Refusal::BadInput`] when the line is no record, does not follow the one before it, or its seal
    /// does not fit; or what the disk says.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Recorded>> {
        while self.read_line()? {
            if self.line.starts_with(BEGIN) {
                self.check_seal()?;
                continue;
            }
            self.lines.hash(&self.line);
            self.sealed = false;
            let record =
                jsonl::read(&self.line).context("not a record").map_err(|error| self.refuse(&format!("{error:#}")))?;
            if record.pos != self.last + 1 {
                let text = format!(
                    "position {} does not follow position {}: a part is missing in between",
                    record.pos, self.last
                );
                return Err(self.refuse(&text));
            }
            self.last = record.pos;
            return Ok(Some(record));
        }
        Ok(None)
    }

    /// Whether the last line read was a seal that fits.
    pub(crate) fn sealed(&self) -> bool {
        self.sealed
    }

    fn read_line(&mut self) -> anyhow::Result<bool> {
        self.line.clear();
        let read = match self.lines.inner().take(MAX_LINE_BYTES).read_line(&mut self.line) {
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                self.number += 1;
                return Err(self.refuse("it is not text"));
            }
            read => read?,
        };
        self.number += u64::from(read > 0);
        self.bytes += read as u64;
        Ok(read > 0)
    }

    fn check_seal(&mut self) -> anyhow::Result<()> {
        let seal: Seal = serde_json::from_str(&self.line).map_err(|_| self.refuse("the seal is damaged"))?;
        if seal.sha256 != self.lines.sha256() || seal.through != self.last {
            return Err(self.refuse("the lines before it are not those that were exported"));
        }
        self.sealed = true;
        Ok(())
    }

    fn refuse(&self, what: &str) -> anyhow::Error {
        Refusal::BadInput(format!("line {}: {what}", self.number)).into()
    }
}
