//! Documents that cannot rot quietly: the paths they name exist, and every file is asked for by name.

use super::{Source, check, expect_none, sources, top};

/// Top-level names: a word in backticks that begins with one of these is a path of this repository.
const TOPS: &[&str] =
    &["src/", "events/", "projections/", "tools/", "tests/", "docs/", "templates/", "static/", ".ci/", "benches/"];
const TOP_FILES: &[&str] = &["Cargo.toml", "Cargo.lock", "README.md", "LICENSE", ".deny.toml", ".clippy.toml"];

/// The paths in backticks and in links of a document, `<x>` and `{x}` standing for any name.
fn paths_named(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let quoted = line.split('`').skip(1).step_by(2);
        let linked = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for word in quoted.flat_map(str::split_whitespace).chain(linked) {
            let word = word.trim_end_matches([',', '.', ';', ':']);
            if TOPS.iter().any(|top| word.starts_with(top)) || TOP_FILES.contains(&word) {
                found.push((index + 1, word.to_owned()));
            }
        }
    }
    found
}

/// Where `path` leads, up to the first part that stands for any name.
fn known_part(path: &str) -> &str {
    let any = path.find(['<', '{', '*', '…', ':']).unwrap_or(path.len());
    if any == path.len() { path } else { path[..any].rfind('/').map_or("", |slash| &path[..slash]) }
}

fn named_paths_exist(source: &Source) -> Vec<String> {
    if !source.is("md") {
        return Vec::new();
    }
    let missing = |path: &str| !top().join(known_part(path)).try_exists().expect("the repository is readable");
    let named = paths_named(&source.text).into_iter().filter(|(_, path)| missing(path));
    named.map(|(line, path)| source.at(line, &format!("`{path}` does not exist"))).collect()
}

/// Complains about files of `folder` whose name no file in `users` says.
fn unused(sources: &[Source], folder: &str, users: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in sources.iter().filter(|file| file.is_below(folder)) {
        let name = &file.path[folder.len()..];
        let says = |user: &&Source| user.path != file.path && user.text.contains(name);
        let mut could = sources.iter().filter(|user| users.iter().any(|place| user.is_below(place)));
        if could.find(says).is_none() {
            complaints.push(format!("{}: nothing names `{name}`", file.path));
        }
    }
    complaints
}

#[test]
fn documents_name_real_paths() {
    check(named_paths_exist);
    let complains = |text: &str| !named_paths_exist(&Source::new("docs/a.md", text)).is_empty();
    assert!(complains("see `src/gone.rs`."));
    assert!(complains("see [this](docs/gone.md#there)."));
    assert!(complains("| `nowhere` | `src/gone/<noun>.rs` |"));
    assert!(!complains("see `src/main.rs`, `/healthz` and `tests/<name>.rs`"));
}

#[test]
fn templates_and_static_files_are_used() {
    let sources = sources();
    let mut complaints = unused(&sources, "templates/", &["templates/", "src/"]);
    complaints.extend(unused(&sources, "static/", &["static/", "templates/", "src/"]));
    expect_none(&complaints);
    let lonely = [Source::new("templates/lonely.html", "x"), Source::new("src/a.rs", "\"home.html\"")];
    assert_eq!(unused(&lonely, "templates/", &["src/"]).len(), 1);
}

#[test]
fn every_test_file_is_run() {
    let sources = sources();
    let main = sources.iter().find(|source| source.path == "tests/main.rs").expect("tests/main.rs");
    for source in sources.iter().filter(|source| source.is("rs")) {
        let Some(name) = source.path.strip_prefix("tests/").map(|rest| rest.split(['/', '.']).next()) else {
            continue;
        };
        let module = format!("mod {};", name.unwrap_or_default());
        assert!(source.path == main.path || main.text.contains(&module), "tests/main.rs lacks `{module}`");
    }
}

#[test]
fn decisions_are_numbered_one_after_the_other() {
    let sources = sources();
    let files = sources.iter().filter_map(|source| source.path.strip_prefix("docs/decisions/"));
    let numbers: Vec<&str> = files.filter_map(|name| name.split('-').next()).collect();
    let expected: Vec<String> = (1..=numbers.len()).map(|number| format!("{number:04}")).collect();
    assert_eq!(numbers, expected);
}
