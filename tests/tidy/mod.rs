//! Rules of the house that neither the compiler nor clippy can check, read off the source as text.
//!
//! Each rule is a function from a file to complaints, with a test that shows it complaining. Not a
//! parser: the rules lean on rustfmt's layout, which `tests/run` checks first.

mod docs;
mod limits;
mod reach;
mod rows;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the repository.
struct Source {
    /// Its path from the top of the repository, with `/` between the parts.
    path: String,
    text: String,
}

impl Source {
    #[cfg(test)]
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
    }

    fn is_below(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// The lines of code with their numbers from 1: without comment lines and what follows ` //`.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter_map(|(index, line)| {
            let code = line.split_once(" //").map_or(line, |(before, _)| before);
            (!line.trim_start().starts_with("//")).then_some((index + 1, code))
        })
    }

    /// Complains about line `number`.
    fn at(&self, number: usize, complaint: &str) -> String {
        format!("{}:{number}: {complaint}", self.path)
    }
}

/// The top of the repository.
fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the repository that people write.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(top().join(&folder)).expect("a folder of the repository is readable") {
            let entry = entry.expect("an entry of the repository is readable");
            let path = folder.join(entry.file_name());
            let name = entry.file_name().to_string_lossy().into_owned();
            let folder = entry.file_type().expect("an entry has a type").is_dir();
            if ["target", ".git", "node_modules"].contains(&name.as_str()) {
                continue;
            } else if folder {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(entry.path()) {
                found.push(Source { path: path.to_string_lossy().into_owned(), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Fails with all `complaints` at once, so that one run shows everything to mend.
fn expect_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// Applies `rule` to every file of the repository.
fn check(rule: impl Fn(&Source) -> Vec<String>) {
    expect_none(&sources().iter().flat_map(rule).collect::<Vec<_>>());
}

/// Whether `text` has `word` in it with no letter, digit or underscore before or after it.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back().is_some_and(part) && word.starts_with(part);
        let after = text[start + word.len()..].chars().next().is_some_and(part) && word.ends_with(part);
        !before && !after
    })
}

#[test]
fn a_word_ends_where_letters_end() {
    assert!(has_word("use fjall::Keyspace;", "fjall::"));
    assert!(has_word("let x: State = y", "State"));
    assert!(!has_word("AppState", "State"));
    assert!(!has_word("StateOf", "State"));
}

#[test]
fn code_is_what_is_not_a_comment() {
    let source = Source::new("a.rs", "//! doc\nlet a = 1; // why\n    // more\nlet b;\n");
    assert_eq!(source.code().collect::<Vec<_>>(), [(2, "let a = 1;"), (4, "let b;")]);
}
