//! The side of the server: one [`Decoder`] is one child process, started when there is something to do and again after it
//! has ended in whatever way.

use super::made::{Failure, Made, Task};
use super::process::Process;
use super::{frame, verify};
use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a child may take to start. It has nothing to do but that.
const START: Duration = Duration::from_secs(10);

/// What a child is allowed before it is stopped, or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// By the clock on the wall, for [`Task::Probe`]. Long, because the priority is the lowest there is: on a machine that is
    /// busy with other things a child gets next to nothing, and that is not the fault of the file. Work without end is
    /// stopped by the limit of processor time before that.
    pub probe: Duration,
    /// For [`Task::Cover`].
    pub cover: Duration,
    /// For [`Task::Storyboard`].
    pub storyboard: Duration,
    /// After so many tasks it is replaced: whatever piles up in other people's code is gone then.
    pub tasks: u32,
    /// After a task that left it with more memory than this, in bytes, it is replaced, too.
    pub resident_bytes: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            probe: Duration::from_secs(60),
            cover: Duration::from_secs(120),
            storyboard: Duration::from_secs(600),
            tasks: 1_000,
            resident_bytes: 200 << 20,
        }
    }
}

impl Allowance {
    const fn time(&self, task: Task) -> Duration {
        match task {
            Task::Probe => self.probe,
            Task::Cover { .. } => self.cover,
            Task::Storyboard => self.storyboard,
        }
    }

    /// Whether the child may do another task.
    fn is_kept(&self, process: &Process) -> bool {
        process.tasks() < self.tasks && process.resident_bytes() <= self.resident_bytes
    }
}

/// Why there is nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmade {
    /// Nothing can be made of this file. Another file may do better.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// It took too long by the clock, or somebody killed the child. That says more about the machine than about the file,
    /// which may do better some other time.
    #[error("{0}")]
    Interrupted(String),
    /// The caller wanted to stop. Nothing is known of the file.
    #[error("it was stopped")]
    Stopped,
    /// No child can be started here, and why. Nothing is known of the file.
    #[error("the decoder does not start: {0}")]
    NoDecoder(String),
}

/// A handle on one child process. Dropped, it ends the child, with all that one has started, and waits for its end; after a
/// tenth of a second that is left to a thread.
///
/// The child also ends with the thread that started it (`PR_SET_PDEATHSIG`, prctl(2)); used by another thread later, it is
/// started again.
#[derive(Debug)]
pub struct Decoder {
    program: PathBuf,
    allowance: Allowance,
    idle: Option<Process>,
}

impl Decoder {
    /// A decoder that runs the sub-command `decode` of `program`. Nothing is started yet.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, allowance: Allowance) -> Self {
        Self { program: program.into(), allowance, idle: None }
    }

    /// Does `task` on `file`, which is open for reading; where it is read next may have changed afterwards. Waits for the
    /// outcome, and looks at `stopped` every few hundredths of a second meanwhile.
    ///
    /// # Errors
    /// [`Unmade`].
    pub fn make(&mut self, file: &File, task: Task, stopped: &dyn Fn() -> bool) -> Result<Made, Unmade> {
        let mut process = self.asked(file, task, stopped)?;
        let allowed = self.allowance.time(task);
        let answer = frame::read_answer(&mut process.until(Instant::now() + allowed, stopped));
        let reason = match answer.map(|answer| (verify::answer(task, &answer), answer)) {
            Ok((Ok(()), answer)) => {
                self.idle = Some(process).filter(|process| self.allowance.is_kept(process));
                return Ok(answer?);
            }
            Ok((Err(complaint), _)) => format!("the decoder gave an answer that cannot be: {complaint}"),
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => return Err(Unmade::Stopped),
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                let seconds = allowed.as_secs_f32();
                return Err(Unmade::Interrupted(format!("the decoder was stopped after {seconds} s")));
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                format!("the decoder gave an answer that makes no sense: {error}")
            }
            Err(_) => match process.last_words(task) {
                (reason, true) => return Err(Unmade::Interrupted(reason)),
                (reason, false) => reason,
            },
        };
        Err(Unmade::Failed(Failure { stage: task.stage(), reason, decoder: String::new() }))
    }

    /// Ends the child until there is something to do again: an idle one keeps some memory.
    pub fn rest(&mut self) {
        self.idle = None;
    }

    /// The number of the child process, while there is one.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.idle.as_ref().map(Process::pid)
    }

    /// A child that has been given the task.
    fn asked(&mut self, file: &File, task: Task, stopped: &dyn Fn() -> bool) -> Result<Process, Unmade> {
        // One that ended since its last answer has nothing to do with this file.
        if let Some(mut process) = self.idle.take().filter(Process::quiet)
            && process.send(task, file).is_ok()
        {
            return Ok(process);
        }
        let refused = |error: std::io::Error| match error.kind() == ErrorKind::ConnectionAborted {
            true => Unmade::Stopped,
            false => Unmade::NoDecoder(error.to_string()),
        };
        let mut process = Process::start(&self.program).map_err(refused)?;
        let greeted = frame::read_greeting(&mut process.until(Instant::now() + START, stopped));
        match greeted {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(Unmade::NoDecoder(process.last_words(task).0));
            }
            greeted => greeted.map_err(refused)?,
        }
        process.send(task, file).map_err(refused)?;
        Ok(process)
    }
}
