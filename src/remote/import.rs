//! `tools --server URL import`: sends the files of the old program to the server, which says what they would bring, and has
//! it bring that in.

use super::http::{self, Http};
use super::{Job, job};
use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};
use tools::import::{self, Args};
use tools::legacy::{Gathered, Sent, gather};
use tools::progress::Progress;

/// A date of HTTP has a year of four digits. In ms since the epoch.
const YEAR_10000_MS: u64 = 253_402_300_800_000;

/// Runs the command.
///
/// # Errors
/// As for the same command on a data folder; and those of the server.
pub(super) fn run(server: &Http, args: &Args, progress: &mut dyn Progress, out: &mut dyn Write) -> anyhow::Result<()> {
    // What lies beside the videos of the library, the server reads itself.
    let Gathered { files, notes } = gather(&args.dir, &args.videos)?;
    let preview = job(server, "import/preview", form(&files), progress)?;
    let ended: Job = match args.dry_run {
        true => preview,
        false => {
            // What went wrong with reading them is said before anything else is asked for.
            preview.trouble()?;
            let wish = serde_json::json!({ "preview": preview.id }).to_string();
            job(server, "import", http::Sent::json(wish), progress)?
        }
    };
    let mut told: import::Told = ended.report()?;
    told.report.notes.extend(notes);
    import::conclude(&told, args.json, out)?;
    ended.trouble()
}

/// The files as a form (RFC 7578).
fn form(files: &[Sent<Vec<u8>>]) -> http::Sent {
    // Files tell where they end by what none of them has.
    let has = |file: &Sent<Vec<u8>>, text: &str| file.bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let mut boundary = "local-video-server".to_owned();
    while files.iter().any(|file| has(file, &boundary)) {
        boundary.push('-');
    }
    let mut bytes = Vec::new();
    for Sent { name, written_at_ms, bytes: content } in files {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n"
        );
        bytes.extend(head.into_bytes());
        if let Some(since) = written_at_ms.and_then(|ms| u64::try_from(ms).ok()).filter(|ms| *ms < YEAR_10000_MS) {
            let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(since));
            bytes.extend(format!("Last-Modified: {date}\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(content);
        bytes.extend(b"\r\n");
    }
    bytes.extend(format!("--{boundary}--\r\n").into_bytes());
    http::Sent { bytes: bytes.into(), kind: Some(format!("multipart/form-data; boundary={boundary}")) }
}
