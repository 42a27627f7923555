//! The maintenance commands as a person runs them: the real program, with its child processes and its exit codes.

mod damage;

use crate::support::child::{Folders, Server};

#[test]
fn a_damaged_log_is_found_out_and_repaired_by_the_real_program() {
    let folders = Folders::with(0);
    let kept = folders.videos.join("kept").display().to_string();
    assert_eq!(folders.tools("verify").0, 66);
    assert_eq!(folders.tools("seed --videos 20 --events 300").0, 0);
    let (code, whole) = folders.tools("verify");
    assert!(code == 0 && whole.contains("340 events, all of them as they were written"), "{code}: {whole}");
    assert_eq!(folders.tools(&format!("backup {kept}")).0, 0);

    std::fs::write(folders.data.join("log/HEAD"), "").expect("the file is writable");
    let (code, text) = folders.tools("verify");
    assert!(code == 87 && text.contains("HEAD is damaged") && text.contains("backup"), "{code}: {text}");
    let (code, text) = folders.tools("repair");
    assert!(code == 87 && text.contains("Readable from the beginning: 340 events"), "{code}: {text}");
    let (code, text) = folders.tools(&format!("repair --from-export {kept}"));
    assert!(code == 0 && text.contains("the damaged one is kept in"), "{code}: {text}");
    let (code, text) = folders.tools("verify");
    assert_eq!((code, text), (0, whole), "the same chain and the same digest");
}

#[test]
fn while_a_server_has_the_log_every_command_says_who_can_help() {
    let folders = Folders::with(1);
    let server = Server::on(&folders, 1);
    for line in ["log", "export", "backup kept", "verify", "stats", "rebuild", "repair", "prune", "redact --viewing 1"]
    {
        let (code, text) = folders.tools(line);
        assert!(code == 75 && text.contains("in use") && text.contains("--server URL"), "{line}: {code}: {text}");
    }
    server.terminate();
}
