//! One child process as the server sees it: started, listened to with patience that ends, and ended for certain.

use super::made::Task;
use super::{frame, limits};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpid};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often it is asked whether to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// How long the end of a killed process is waited for. On a busy machine it has little time to die, as it is so nice, and
/// one that hangs in a dead network drive may take for ever.
const END: Duration = Duration::from_millis(100);

/// The same for one that is ending by itself, and whose reason is wanted.
const REASON: Duration = Duration::from_secs(5);

/// How much of what it said last is kept, in bytes.
const WORDS_BYTES: usize = 2 << 10;

/// A running child.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    pid: Pid,
    socket: UnixStream,
    /// Its standard error; closed when it and all that it started are gone.
    errors: Option<ChildStderr>,
    said: Vec<u8>,
    tasks: u32,
    ended: bool,
}

impl Process {
    /// Starts `program` in a process group of its own, with next to nothing in its environment.
    pub(super) fn start(program: &Path) -> io::Result<Self> {
        let (socket, other) = UnixStream::pair()?;
        socket.set_nonblocking(true)?;
        let mut command = Command::new(program);
        command.arg0("local-video-server").arg("decode").process_group(0).current_dir("/").env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path))).env(limits::ALLOCATOR.0, limits::ALLOCATOR.1);
        command.stdin(Stdio::from(OwnedFd::from(other))).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let pid = Pid::from_child(&child);
        let errors = child.stderr.take();
        let process = Self { child, pid, socket, errors, said: Vec::new(), tasks: 0, ended: false };
        if let Some(errors) = &process.errors {
            rustix::io::ioctl_fionbio(errors, true)?;
        }
        Ok(process)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it is there and has nothing to say, as it should be between two tasks.
    pub(super) fn quiet(&self) -> bool {
        let mut events = [PollFd::new(&self.socket, PollFlags::IN)];
        poll(&mut events, Some(&Timespec::default())).is_ok_and(|ready| ready == 0)
    }

    pub(super) fn send(&mut self, task: Task, file: &File) -> io::Result<()> {
        self.said.clear();
        self.tasks = self.tasks.saturating_add(1);
        frame::send_task(&self.socket, task, file)
    }

    /// How many tasks it was given.
    pub(super) fn tasks(&self) -> u32 {
        self.tasks
    }

    /// The memory it holds (`VmRSS`, proc_pid_statm(5)); 0 if nothing tells.
    pub(super) fn resident_bytes(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/statm", self.pid())).unwrap_or_default();
        let pages: Option<u64> = text.split(' ').nth(1).and_then(|pages| pages.parse().ok());
        pages.unwrap_or(0).saturating_mul(rustix::param::page_size() as u64)
    }

    /// What it writes, until `deadline` or until `stopped`.
    pub(super) fn until<'a>(&'a mut self, deadline: Instant, stopped: &'a dyn Fn() -> bool) -> Patience<'a> {
        Patience { process: self, deadline, stopped }
    }

    /// Why it is gone, in words. It must have closed its socket.
    /// And whether somebody else ended it: the system that ran out of memory, or a person.
    pub(super) fn last_words(mut self, task: Task) -> (String, bool) {
        let status = self.end(REASON);
        let said = String::from_utf8_lossy(&self.said);
        let killed = status.is_some_and(|status| status.signal() == Some(Signal::KILL.as_raw()));
        (words(status, &said, task), killed)
    }

    /// Waits until there is something to read, or for `at_most`, and takes note of what it says.
    fn listen(&mut self, at_most: Duration) -> io::Result<()> {
        let mut events = vec![PollFd::new(&self.socket, PollFlags::IN)];
        events.extend(self.errors.as_ref().map(|errors| PollFd::new(errors, PollFlags::IN)));
        let at_most = Timespec::try_from(at_most).map_err(|_| ErrorKind::InvalidInput)?;
        match poll(&mut events, Some(&at_most)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => self.take_note(),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn take_note(&mut self) {
        let mut piece = [0; WORDS_BYTES];
        match self.errors.as_mut().map(|errors| errors.read(&mut piece)) {
            Some(Ok(read @ 1..)) => {
                self.said.extend(piece.get(..read).unwrap_or_default());
                self.said.drain(..self.said.len().saturating_sub(WORDS_BYTES));
            }
            Some(Err(error)) if [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&error.kind()) => {}
            Some(Ok(_) | Err(_)) | None => self.errors = None,
        }
    }

    /// Kills it with all that it started, and waits for the end; if that does not come, a thread goes on waiting. One that
    /// is ending by itself keeps its own reason.
    fn end(&mut self, within: Duration) -> Option<ExitStatus> {
        self.ended = true;
        // It may be gone; until it is waited for, its number belongs to no other.
        let _: rustix::io::Result<()> = kill_process_group(self.pid, Signal::KILL);
        let deadline = Instant::now() + within;
        while let Some(errors) = &self.errors {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut events = [PollFd::new(errors, PollFlags::IN)];
            let left = Timespec::try_from(left).ok().filter(|_| !left.is_zero());
            if left.is_none_or(|left| poll(&mut events, Some(&left)).is_err()) {
                let pid = self.pid;
                // Nobody waits for the outcome of this.
                let _ = std::thread::Builder::new().spawn(move || waitpid(Some(pid), WaitOptions::empty()));
                return None;
            }
            self.take_note();
        }
        self.child.wait().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.ended {
            self.end(END);
        }
    }
}

/// Reads what a child writes, but not for ever.
pub(super) struct Patience<'a> {
    process: &'a mut Process,
    deadline: Instant,
    stopped: &'a dyn Fn() -> bool,
}

impl Read for Patience<'_> {
    /// [`ErrorKind::TimedOut`] after the deadline, [`ErrorKind::ConnectionAborted`] when told to stop.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.process.socket.read(buffer) {
                // One that dies with a task unread resets the connection.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(0),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return read,
            }
            let left = self.deadline.saturating_duration_since(Instant::now());
            if (self.stopped)() {
                return Err(ErrorKind::ConnectionAborted.into());
            }
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.process.listen(left.min(GLANCE))?;
        }
    }
}

/// What it means that a child ended like this, having `said` this.
fn words(status: Option<ExitStatus>, said: &str, task: Task) -> String {
    let what = match (status.and_then(|status| status.signal()), status.and_then(|status| status.code())) {
        (Some(_), _) if said.contains("memory allocation of ") => return "the decoder ran out of memory".to_owned(),
        (Some(signal), _) if signal == Signal::XCPU.as_raw() => {
            return format!("the decoder was stopped after {} s of work", limits::cpu(task).as_secs());
        }
        (Some(signal), _) if signal == Signal::KILL.as_raw() => {
            return "the decoder was killed, perhaps because the machine ran out of memory".to_owned();
        }
        (Some(signal), _) => format!("the decoder crashed (signal {signal})"),
        (None, Some(code)) => format!("the decoder ended (code {code})"),
        (None, None) => "the decoder hangs".to_owned(),
    };
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    let last: String = last.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
    if last.is_empty() { what } else { format!("{what}: {last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_child_is_told_in_words() {
        // Wait statuses as of wait(2): a signal is the lowest seven bits, an exit code the byte above.
        let told = |status: i32, said: &str| words(Some(ExitStatus::from_raw(status)), said, Task::Probe);
        assert_eq!(told(11, ""), "the decoder crashed (signal 11)");
        assert_eq!(told(6, "one\n two\u{1b} \n\n"), "the decoder crashed (signal 6): two");
        assert_eq!(told(6, "memory allocation of 5 bytes failed\n"), "the decoder ran out of memory");
        assert_eq!(told(24, ""), "the decoder was stopped after 10 s of work");
        assert_eq!(told(9, ""), "the decoder was killed, perhaps because the machine ran out of memory");
        assert_eq!(told(3 << 8, "no"), "the decoder ended (code 3): no");
        assert_eq!(words(None, "", Task::Probe), "the decoder hangs");
    }
}
