//! Words that mean a habit this project does not have.

use super::{Source, check, has_word};

fn no_drawers(source: &Source) -> Vec<String> {
    let drawers = ["mod utils", "mod util", "mod helpers", "mod common", "mod misc"];
    let found = source.code().filter(|_| source.is("rs") && source.path != file!());
    found
        .filter(|(_, line)| drawers.iter().any(|word| has_word(line, word)))
        .map(|(number, _)| source.at(number, "a module is named after what is in it"))
        .collect()
}

/// Marks of a test that waits blindly, is skipped, or runs alone.
fn tests_run_and_do_not_wait(source: &Source) -> Vec<String> {
    let words: &[&str] = match source.path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("rs") => &["#[ignore", "thread::sleep", "time::sleep("],
        Some("js") if source.is_below("tests/") => {
            &["waitForTimeout", "setTimeout(", ".skip(", ".only(", ".todo(", "skip:", "todo:"]
        }
        _ => return Vec::new(),
    };
    let judged = source.is_below("tests/") && source.path != file!() || source.text.contains("#[test]");
    let mut complaints = Vec::new();
    for (number, line) in source.code().filter(|_| judged && source.path != file!()) {
        for word in words.iter().filter(|word| has_word(line, word)) {
            complaints.push(source.at(number, &format!("`{word}`: a test waits for a condition and always runs")));
        }
    }
    complaints
}

/// `matches!(…);` as a statement throws its answer away and so checks nothing.
fn no_dropped_matches(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut complaints = Vec::new();
    for (index, line) in lines.iter().enumerate().filter(|_| source.is("rs") && source.path != file!()) {
        if !line.trim_start().starts_with("matches!(") {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let last = lines[index..]
            .iter()
            .find(|line| line.len() - line.trim_start().len() == indent && line.ends_with([')', ';']));
        if last.is_some_and(|line| line.ends_with(");")) {
            complaints.push(source.at(index + 1, "the answer of `matches!` is dropped; assert it"));
        }
    }
    complaints
}

/// Folders that exist on one machine only.
fn no_machine_paths(source: &Source) -> Vec<String> {
    let folders = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| folders.iter().any(|folder| line.contains(folder)))
        .map(|(index, _)| source.at(index + 1, "a path of one machine"))
        .collect()
}

#[test]
fn modules_are_not_drawers() {
    check(no_drawers);
    assert_eq!(no_drawers(&Source::new("src/lib.rs", "pub mod utils;\n")).len(), 1);
}

#[test]
fn tests_neither_sleep_nor_skip() {
    check(tests_run_and_do_not_wait);
    let complains = |path: &str, text: &str| !tests_run_and_do_not_wait(&Source::new(path, text)).is_empty();
    assert!(complains("tests/crash.rs", "    std::thread::sleep(pause);"));
    assert!(complains("tests/browser/home.test.js", "  await page.waitForTimeout(100);"));
    assert!(complains("events/wire.rs", "#[test]\n#[ignore]\nfn a() {}"));
    assert!(!complains("src/jobs/scan.rs", "tokio::time::sleep(pause)"));
}

#[test]
fn answers_of_matches_are_used() {
    check(no_dropped_matches);
    let complains = |text: &str| !no_dropped_matches(&Source::new("src/a.rs", text)).is_empty();
    assert!(complains("    matches!(a, B);\n"));
    assert!(complains("    matches!(\n        a,\n        B\n    );\n"));
    assert!(!complains("    matches!(a, B)\n}\nfn b();\n"));
    assert!(!complains("    assert!(matches!(a, B));\n"));
}

#[test]
fn nothing_names_a_folder_of_one_machine() {
    check(no_machine_paths);
    assert_eq!(no_machine_paths(&Source::new("a.md", concat!("cd /wo", "rk/x"))).len(), 1);
}
