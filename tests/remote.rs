//! `tools --server` with the real program against a real server: the same output and codes as on its data folder.

use crate::support::child::{Folders, Server};
use crate::support::spawn;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What `tools` with these arguments answers.
fn tools(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-video-server"));
    command.arg("tools").args(arguments).env_clear().env("HOME", "/nonexistent");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    spawn(&mut command).wait_with_output().expect("it ends")
}

/// What it prints, if all goes well.
fn printed(arguments: &[&str]) -> String {
    let output = tools(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

#[test]
fn the_tools_say_the_same_of_a_server_and_of_its_folder() {
    let folders = Folders::with(3);
    let server = Server::on(&folders, 3);
    let mut client = server.client();
    for (number, stars) in [(1, 4), (2, 5), (1, 2)] {
        let rated =
            client.post(&format!("/videos/{number}/rating"), &format!("{number}-{stars}"), &format!("stars={stars}"));
        assert_eq!(rated.expect("an answer").status, 200);
    }
    let url = format!("http://{}", server.address);
    let backup = folders.data.with_file_name("backup");
    client.post("/videos/1/view", "seen", "").expect("an answer");
    // Other events come by themselves: the files are no films, which is noted when somebody finds out.
    let questions: [&[&str]; 2] =
        [&["log", "--kind", "rating"], &["log", "--json", "--video", "1", "--kind", "rating.given"]];
    let online = questions.map(|question| printed(&[&["--server", &url], question].concat()));
    assert_eq!(online.each_ref().map(|lines| lines.lines().count()), [3, 2], "{online:?}");
    let viewed = printed(&["--server", &url, "log", "--json", "--kind", "view"]);
    let viewed: serde_json::Value = serde_json::from_str(viewed.trim()).expect("one viewing");
    let forgotten = printed(&["--server", &url, "redact", "--viewing", &viewed["pos"].to_string()]);
    assert!(forgotten.starts_with("Forgot what 1 event said"), "{forgotten}");
    let left = printed(&["--server", &url, "log"]);
    assert!(left.contains("a viewing that was forgotten"), "{left}");
    let verified = printed(&["--server", &url, "verify"]);
    assert!(verified.contains("all of them as they were written"), "{verified}");
    let rebuilt = printed(&["--server", &url, "rebuild"]);
    assert!(rebuilt.starts_with("Computed from "), "{rebuilt}");
    let exported = printed(&["--server", &url, "export"]);
    assert!(exported.lines().count() > 6, "{exported}");
    let made = printed(&["--server", &url, "backup", text(&backup)]);
    assert!(made.starts_with("Added "), "{made}");
    let again: serde_json::Value =
        serde_json::from_str(&printed(&["--server", &url, "backup", text(&backup), "--json"])).expect("an object");
    let stats: serde_json::Value =
        serde_json::from_str(&printed(&["--server", &url, "stats", "--json"])).expect("an object");
    assert!(stats["events"].as_u64() > Some(5) && stats["bytes_on_disk"].as_u64() > Some(0), "{stats}");
    let pruned = printed(&["--server", &url, "prune", "--dry-run"]);
    assert!(pruned.starts_with("Would delete 0 pictures"), "{pruned}");
    let reports = [&["prune", "--dry-run", "--json"][..], &["verify", "--json"], &["rebuild", "--json"]];
    let answered = reports.map(|report| shape(&printed(&[&["--server", &url], report].concat())));
    for (arguments, what) in [
        (&["restore", "/nonexistent"][..], "stop it, and leave out --server"),
        (&["--token", "one-that-is-wrong", "verify"], "not the token"),
        (&["export", "--sqlite", "/nonexistent/x.db"], "/nonexistent"),
        (&["log", "--video", "99"], "no video 99"),
    ] {
        let refused = tools(&[&["--server", &url], arguments].concat());
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(what), "{arguments:?}: {said}");
    }
    assert!(server.terminate().success());

    let data = text(&folders.data);
    let offline = questions.map(|question| printed(&[&["--data", data], question].concat()));
    assert_eq!(online, offline);
    let of_folder = reports.map(|report| shape(&printed(&[&["--data", data], report].concat())));
    assert_eq!(answered, of_folder);
    let restored = folders.data.with_file_name("restored");
    printed(&["--data", text(&restored), "restore", text(&backup)]);
    let whole = printed(&["--data", text(&restored), "verify"]);
    assert!(whole.contains(again["chain"].as_str().expect("a chain")), "the same chain to the last byte: {whole}");
}

/// The names of what a report says.
fn shape(report: &str) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(report).expect("an object");
    report.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn a_server_that_ends_in_the_middle_is_said_to_be_gone() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let job = r#"{"id":1,"state":"running","done":3,"total":9,"code":0,"troubles":[],"report":null}"#;
        let (mut asked, _) = listener.accept().expect("a request");
        let mut request = [0; 4096];
        let _ = asked.read(&mut request).expect("it asks");
        let length = job.len();
        let answer = format!("HTTP/1.1 202 Accepted\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{job}");
        asked.write_all(answer.as_bytes()).expect("it listens");
        // Then there is nobody any more.
    });
    let refused = tools(&["--server", &url, "verify"]);
    server.join().expect("it ends");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("cannot be reached"), "{said}");
}

#[test]
fn a_server_that_is_not_there_is_said_to_be() {
    let refused = tools(&["--server", "http://127.0.0.1:1", "verify"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("the server at 127.0.0.1:1 cannot be reached"), "{said}");
    assert_eq!(refused.status.code(), Some(74), "{said}");
    let wrong = tools(&["--server", "127.0.0.1:1", "verify"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("is no address of a server"), "{wrong:?}");
}
