//! Running one test again in a child process, with limits: for what would end or hinder all others.

use std::env;
use std::process::Command;

/// The command that runs the test named `test`, and nothing else, after `limits` in a shell.
pub(super) fn child(test: &str, limits: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")]);
    command.arg(env::current_exe().unwrap()).args(["--exact", test]);
    command
}
