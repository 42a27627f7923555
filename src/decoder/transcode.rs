//! Making a film anew for browsers that cannot play it as it is: by ffmpeg, where that is installed, as it is watched. One
//! film at a time, because each keeps all processors busy.
//!
//! ffmpeg gets the open film as its standard input and opens that once more through `/proc`, so that it can seek, and no
//! path ever reaches it. It ends when nobody reads what it makes any more.

use super::ffmpeg::FORMATS;
use std::env;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much is taken from it at once, in bytes.
const PIECE_BYTES: usize = 64 << 10;
/// The head of a film it has made is far smaller than this.
const HEAD_MAX_BYTES: usize = 64 << 10;
/// Everything else on this machine comes first.
const NICE: &str = "15";

/// Starts ffmpeg, one at a time. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Transcoder {
    program: Option<PathBuf>,
    place: Arc<Semaphore>,
}

/// Why a film is not made anew.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no ffmpeg.
    #[error("ffmpeg is not installed")]
    Absent,
    /// It is at another film.
    #[error("ffmpeg is at another film")]
    Busy,
    /// It does not start, or makes nothing.
    #[error("ffmpeg makes nothing of it")]
    Failed(#[source] io::Error),
}

impl Transcoder {
    /// By the ffmpeg among the programs of this machine, if there is one.
    #[must_use]
    pub fn find() -> Self {
        let folders = env::var_os("PATH").unwrap_or_default();
        let program = env::split_paths(&folders).map(|folder| folder.join("ffmpeg")).find(|program| program.is_file());
        Self::with(program)
    }

    /// By this program, or not at all.
    #[must_use]
    pub fn with(program: Option<PathBuf>) -> Self {
        Self { program, place: Arc::new(Semaphore::new(1)) }
    }

    /// Whether films can be made anew here.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.program.is_some()
    }

    /// A place at ffmpeg, unless it is taken.
    ///
    /// # Errors
    /// [`Refused::Absent`] and [`Refused::Busy`].
    pub fn enter(&self) -> Result<Turn, Refused> {
        let program = self.program.clone().ok_or(Refused::Absent)?;
        let permit = Arc::clone(&self.place).try_acquire_owned().map_err(|_| Refused::Busy)?;
        Ok(Turn { program, permit })
    }
}

/// The right to have one film made anew.
#[derive(Debug)]
pub struct Turn {
    program: PathBuf,
    permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Makes `film` anew from `at_ms` on, as H.264 and AAC in fragmented MP4 with the times of the film.
    ///
    /// # Errors
    /// [`Refused::Failed`].
    pub async fn start(self, film: File, at_ms: u64) -> Result<Transcoding, Refused> {
        let at = format!("{}.{:03}", at_ms / 1000, at_ms % 1000);
        let mut command = Command::new("nice");
        command
            .args(["-n", NICE])
            .arg(&self.program)
            .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-format_whitelist", FORMATS])
            .args(["-protocol_whitelist", "file", "-ss", &at, "-i", "file:/proc/self/fd/0"])
            .args(["-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1"])
            // No larger than browsers on any machine play, and with even sides.
            .args(["-vf", "scale=w='min(1920,iw)':h='min(1080,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-bf", "0", "-g", "60", "-pix_fmt", "yuv420p"])
            .args(["-c:a", "aac", "-ac", "2", "-b:a", "160k"])
            .args(["-output_ts_offset", &at, "-avoid_negative_ts", "disabled", "-frag_duration", "1000000"])
            .args(["-movflags", "+empty_moov+default_base_moof+frag_discont", "-f", "mp4", "pipe:1"])
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::from(film))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(Refused::Failed)?;
        let none = || Refused::Failed(io::Error::from(io::ErrorKind::UnexpectedEof));
        let made = child.stdout.take().ok_or_else(none)?;
        let mut film = Transcoding { made, first: Vec::new(), _child: child, _permit: self.permit };
        while !head_is_whole(&film.first) {
            let piece = film.read().await.map_err(Refused::Failed)?;
            if piece.is_empty() {
                return Err(none());
            }
            film.first.extend(piece);
        }
        Ok(film)
    }
}

/// Whether the head of a film has come, up to the end of its `moov`; a pipe gives it in pieces. What is no film at all has no
/// more to come.
fn head_is_whole(film: &[u8]) -> bool {
    let mut rest = film;
    while let Some((size, kind)) = rest.first_chunk::<4>().zip(rest.get(4..8)) {
        let size = u32::from_be_bytes(*size) as usize;
        let Some(after) = rest.get(size.max(8)..) else { break };
        if kind == b"moov" {
            return true;
        }
        rest = after;
    }
    film.len() >= HEAD_MAX_BYTES
}

/// A film that is being made anew. When this is dropped, ffmpeg ends.
#[derive(Debug)]
pub struct Transcoding {
    made: ChildStdout,
    first: Vec<u8>,
    _child: Child,
    _permit: OwnedSemaphorePermit,
}

impl Transcoding {
    /// Whether there is sound in it, as its first piece says, which has the head of the file (`hdlr`, ISO/IEC 14496-12 §8.4.3).
    #[must_use]
    pub fn has_sound(&self) -> bool {
        self.first.windows(4).any(|word| word == b"soun")
    }

    /// What was made next; nothing at the end.
    ///
    /// # Errors
    /// The pipe breaks.
    pub async fn next_piece(&mut self) -> io::Result<Vec<u8>> {
        if self.first.is_empty() { self.read().await } else { Ok(std::mem::take(&mut self.first)) }
    }

    async fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        self.made.read_buf(&mut piece).await?;
        Ok(piece)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_film_is_waited_for_to_its_end() {
        let head = [&[0, 0, 0, 12][..], b"ftypisom", &[0, 0, 0, 16], b"moov....soun"].concat();
        for cut in 0..head.len() {
            assert!(!head_is_whole(head.get(..cut).unwrap()), "{cut} bytes");
        }
        assert!(head_is_whole(&head));
        assert!(head_is_whole(&[head, b"more".to_vec()].concat()));
        assert!(head_is_whole(&vec![b'-'; HEAD_MAX_BYTES]), "this is no film");
        assert!(!head_is_whole(&[0; 16]));
    }

    fn transcoder(program: &str) -> Transcoder {
        Transcoder::with(Some(PathBuf::from(program)))
    }

    fn film() -> File {
        File::open("/dev/null").unwrap()
    }

    #[tokio::test]
    async fn one_film_at_a_time_until_nobody_reads_any_more() {
        let transcoder = transcoder(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/endless"));
        let mut film = transcoder.enter().unwrap().start(film(), 7300).await.unwrap();
        let said = String::from_utf8(film.next_piece().await.unwrap()).unwrap();
        assert!(said.contains("-ss 7.300 -i file:/proc/self/fd/0"), "{said}");
        assert!(!film.next_piece().await.unwrap().is_empty());
        assert!(matches!(transcoder.clone().enter(), Err(Refused::Busy)));
        drop(film);
        assert!(transcoder.enter().is_ok());
    }

    #[tokio::test]
    async fn a_program_that_makes_nothing_is_noticed() {
        assert!(matches!(transcoder("/bin/false").enter().unwrap().start(film(), 0).await, Err(Refused::Failed(_))));
        assert!(matches!(transcoder("/no/such").enter().unwrap().start(film(), 0).await, Err(Refused::Failed(_))));
        assert!(matches!(Transcoder::with(None).enter(), Err(Refused::Absent)));
    }
}
