//! The program as people start it: a child process on folders of its own and a free port.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use super::http::Client;
use super::spawn;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up; far more than it needs on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A video folder and a data folder that vanish with the test.
pub(crate) struct Folders {
    _home: tempfile::TempDir,
    pub(crate) videos: PathBuf,
    pub(crate) data: PathBuf,
}

impl Folders {
    /// Folders with `videos` different files that look like videos from the outside.
    pub(crate) fn with(videos: usize) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folders = Self { videos: home.path().join("videos"), data: home.path().join("data"), _home: home };
        std::fs::create_dir_all(&folders.videos).expect("a folder for videos");
        std::fs::create_dir_all(&folders.data).expect("a folder for data");
        for number in 1..=videos {
            let content = format!("not a film, but a file with the number {number}");
            std::fs::write(folders.videos.join(format!("film {number}.mp4")), content).expect("a file");
        }
        folders
    }

    /// The same data in folders of their own, without the videos.
    pub(crate) fn copied(&self) -> Self {
        let folders = Self::with(0);
        copy(&self.data, &folders.data);
        folders
    }

    /// The command that serves them.
    pub(crate) fn serve(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
        command.arg("serve").arg(&self.videos).arg("--data").arg(&self.data).args(["--port", "0"]).env_clear();
        command
    }

    /// Runs `local-video-server tools LINE` on the data folder: the exit code, and what it says.
    pub(crate) fn tools(&self, line: &str) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
        command.env_clear().arg("tools").arg("--data").arg(&self.data).args(line.split(' '));
        let child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
        let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
        let text = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (status.code().expect("it ends by itself"), text)
    }
}

/// A server that runs until it is killed, told to end, or dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts `command` and waits until it prints its address.
    fn start(mut command: Command) -> Self {
        let mut child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut errors = child.stderr.take().expect("a pipe");
        let (log, logged) = mpsc::channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            let _ = log.send(text);
        });
        let address = lines.by_ref().find_map(|line| address_in(&line.expect("the program prints UTF-8")));
        // What it prints later must not fill the pipe and stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(address) = address else {
            panic!(
                "the server ended without printing an address: {}",
                logged.recv_timeout(PATIENCE).unwrap_or_default()
            )
        };
        Self { child, address }
    }

    /// Starts a server on `folders` and waits until its first scan has found `videos` of them.
    pub(crate) fn on(folders: &Folders, videos: usize) -> Self {
        Self::ready(folders.serve(), videos)
    }

    /// Starts `command` and waits until its first scan has found `videos`.
    pub(crate) fn ready(command: Command, videos: usize) -> Self {
        let server = Self::start(command);
        let mut client = server.client();
        let started = Instant::now();
        while client.get(&format!("/watch/{videos}")).expect("the server answers").status != 200 {
            assert!(started.elapsed() < PATIENCE, "the scan does not find the {videos} videos");
        }
        server
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address).expect("the server takes connections")
    }

    /// Where the process sees `path`, which may be in a mount namespace of its own.
    pub(crate) fn sees(&self, path: &Path) -> PathBuf {
        Path::new("/proc")
            .join(self.child.id().to_string())
            .join("root")
            .join(path.strip_prefix("/").expect("absolute"))
    }

    /// Ends it without a warning, as a power cut would, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the server still runs");
        self.child.wait().expect("the server ends");
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the server still runs");
        self.child.wait().expect("the server ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `kill` and `terminate` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `command` to its end: for starts that must fail.
pub(crate) fn refused(mut command: Command) -> Output {
    let child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
    let output = child.wait_with_output().expect("it ends");
    assert!(!output.status.success(), "it should have refused to start");
    output
}

/// The same command in a mount namespace of its own, prepared by the shell line `mount` with `$folder`.
pub(crate) fn with_disk(command: &Command, folder: &Path, mount: &str) -> Command {
    let mut unshare = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    let script = format!("set -e; folder=$1; shift; {mount}; exec \"$@\"");
    unshare.args(["--mount", "--", "sh", "-c", &script, "sh"]).arg(folder);
    unshare.arg(command.get_program()).args(command.get_args());
    unshare
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (from, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("an entry");
        if from.is_dir() {
            std::fs::create_dir(&to).expect("a folder");
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a file");
        }
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let rest = &line[line.find("http://127.0.0.1:")? + "http://".len()..];
    rest.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').next()?.parse().ok()
}
