//! The maintenance commands as a person runs them: the real program, with its child processes and its exit codes.

use crate::support::{self, child::Folders, child::Server};
use std::process::{Command, Output, Stdio};

/// Runs `local-video-server tools LINE` on the data folder.
fn tools(folders: &Folders, line: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
    command.env_clear().arg("tools").arg("--data").arg(&folders.data).args(line.split(' '));
    let child = support::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
    let text = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (status.code().expect("it ends by itself"), text)
}

#[test]
fn a_damaged_log_is_found_out_and_repaired_by_the_real_program() {
    let folders = Folders::with(0);
    let kept = folders.videos.join("kept").display().to_string();
    assert_eq!(tools(&folders, "verify").0, 66);
    assert_eq!(tools(&folders, "seed --videos 20 --events 300").0, 0);
    let (code, whole) = tools(&folders, "verify");
    assert!(code == 0 && whole.contains("340 events, all of them as they were written"), "{code}: {whole}");
    assert_eq!(tools(&folders, &format!("backup {kept}")).0, 0);

    std::fs::write(folders.data.join("log/HEAD"), "").expect("the file is writable");
    let (code, text) = tools(&folders, "verify");
    assert!(code == 87 && text.contains("HEAD is damaged") && text.contains("backup"), "{code}: {text}");
    let (code, text) = tools(&folders, "repair");
    assert!(code == 87 && text.contains("Readable from the beginning: 340 events"), "{code}: {text}");
    let (code, text) = tools(&folders, &format!("repair --from-export {kept}"));
    assert!(code == 0 && text.contains("the damaged one is kept in"), "{code}: {text}");
    let (code, text) = tools(&folders, "verify");
    assert_eq!((code, text), (0, whole), "the same chain and the same digest");
}

#[test]
fn while_a_server_has_the_log_every_command_says_who_can_help() {
    let folders = Folders::with(1);
    let server = Server::on(&folders, 1);
    for line in ["log", "export", "backup kept", "verify", "stats", "rebuild", "repair", "prune", "redact --viewing 1"]
    {
        let (code, text) = tools(&folders, line);
        assert!(code == 75 && text.contains("in use") && text.contains("--server URL"), "{line}: {code}: {text}");
    }
    server.terminate();
}
