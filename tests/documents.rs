//! Parts of documents that are made from the code, so that they cannot disagree with it.
//!
//! Such a part stands between `<!-- made from the code: NAME -->` and `<!-- end -->`. To write them
//! anew: `UPDATE_DOCS=1 cargo test --test it documents`.

use clap::CommandFactory;
use events::Cause;
use events::log::OpenError;
use events::wire::{Field, kinds};
use local_video_server::config::Cli;
use local_video_server::legacy::addresses::ADDRESSES;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Expects `made` as part `name` of `document`; with `UPDATE_DOCS` set, writes it there first.
pub(crate) fn expect_part(document: &str, name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = fs::read_to_string(&path).expect("the document is readable");
    let begin = format!("<!-- made from the code: {name} -->\n");
    let (before, rest) = text.split_once(&begin).expect("the document has the part");
    let (found, after) = rest.split_once("<!-- end -->").expect("the part has an end");
    let made = format!("\n{}\n\n", made.trim());
    if found != made && std::env::var_os("UPDATE_DOCS").is_some() {
        return fs::write(&path, format!("{before}{begin}{made}<!-- end -->{after}"))
            .expect("the document is writable");
    }
    assert_eq!(found, made, "{document} differs from the code; UPDATE_DOCS=1 cargo test --test it documents mends it");
}

fn fields(fields: &[Field]) -> String {
    let field = |field: &Field| format!("`{}: {}`", field.name, field.kind);
    fields.iter().map(field).collect::<Vec<_>>().join(", ")
}

#[test]
fn events_lists_every_kind_and_cause() {
    let mut table = String::from("| nr | kind | v | fields | what it says |\n|--:|---|--:|---|---|\n");
    for kind in kinds() {
        for version in kind.versions {
            let row = (kind.number, kind.name, version.number, fields(version.fields), version.about);
            writeln!(table, "| {} | `{}` | {} | {} | {} |", row.0, row.1, row.2, row.3, row.4).expect("text");
        }
    }
    expect_part("docs/EVENTS.md", "kinds", &table);
    let names: Vec<String> = Cause::ALL.iter().map(|cause| format!("`{}`", cause.name())).collect();
    expect_part("docs/EVENTS.md", "causes", &format!("Causes: {}.", names.join(", ")));
}

#[test]
fn legacy_lists_every_old_address() {
    let mut table = String::from("| old address | now | what is different |\n|---|---|---|\n");
    for address in ADDRESSES {
        let row = (address.method, address.path, address.now, address.different);
        writeln!(table, "| {} `{}` | {} | {} |", row.0, row.1, row.2, row.3).expect("text");
    }
    expect_part("docs/LEGACY.md", "addresses", &table);
}

#[test]
fn search_lists_the_whole_language() {
    let mut table = String::from("| you type | it finds |\n|---|---|\n");
    for example in projections::LANGUAGE {
        writeln!(table, "| `{}` | {} |", example.typed, example.finds).expect("text");
    }
    expect_part("docs/SEARCH.md", "language", &table);
}

#[test]
fn operating_lists_every_setting_and_exit_code() {
    let cli = Cli::command();
    let serve = cli.find_subcommand("serve").expect("serve is a command");
    let mut table = String::from("| setting | default | what it does |\n|---|---|---|\n");
    for setting in serve.get_arguments().filter(|argument| argument.get_id() != "help") {
        let value = setting.get_value_names().filter(|_| setting.get_action().takes_values());
        let value = value.and_then(<[_]>::first).map_or(String::new(), |name| format!(" {name}"));
        let name = setting.get_long().map_or("FOLDER…".to_owned(), |long| format!("--{long}{value}"));
        let default = setting.get_default_values().first().filter(|_| setting.get_action().takes_values());
        let default = default.map_or(String::new(), |value| format!("`{}`", value.to_string_lossy()));
        let help = setting.get_help().expect("a setting has a doc comment").to_string().replace('\n', " ");
        writeln!(table, "| `{name}` | {default} | {help} |").expect("text");
    }
    expect_part("docs/OPERATING.md", "settings", &table);

    let mut table = String::from("| code | what it says | what to do |\n|--:|---|---|\n");
    for error in every_reason_not_to_open() {
        writeln!(table, "| {} | {error} | {} |", error.exit_code(), error.advice()).expect("text");
    }
    expect_part("docs/OPERATING.md", "exit codes", &table);
}

#[test]
fn tools_lists_every_command_and_exit_code() {
    let cli = Cli::command();
    let tools = cli.find_subcommand("tools").expect("tools is a command");
    let mut table = String::from("| command | what it does |\n|---|---|\n");
    for command in tools.get_subcommands().filter(|command| command.get_name() != "help") {
        let about = command.get_about().expect("a command has a doc comment");
        writeln!(table, "| `{}` | {about} |", command.get_name()).expect("text");
    }
    expect_part("docs/TOOLS.md", "tools", &table);

    let mut table = String::from("| code | what it says |\n|--:|---|\n");
    for (code, says) in tools::failure::EXIT_CODES {
        writeln!(table, "| {code} | {says} |").expect("text");
    }
    expect_part("docs/TOOLS.md", "exit codes of tools", &table);
}

/// One of each, in the order of their exit codes. The test below does not compile when one is missing.
fn every_reason_not_to_open() -> Vec<OpenError> {
    let folder = || PathBuf::from("DATA");
    let (part, reason) = (|| PathBuf::from("PART"), || "…".to_owned());
    vec![
        OpenError::Storage("…".into()),
        OpenError::Locked { folder: folder() },
        OpenError::ReadOnly { folder: folder(), source: std::io::ErrorKind::ReadOnlyFilesystem.into() },
        OpenError::LostEvents { found: 17, known: 42 },
        OpenError::LostLog { part: part() },
        OpenError::ForeignLog { part: part(), reason: reason() },
        OpenError::Gap { expected: 17, found: 18 },
        OpenError::Chain { pos: 17 },
        OpenError::Damaged { pos: 17, reason: reason() },
        OpenError::Index,
        OpenError::Witness { part: part(), reason: reason() },
        OpenError::NewerVersion { pos: 17, reason: reason() },
    ]
}

#[test]
fn every_reason_not_to_open_has_its_own_exit_code_in_the_list() {
    let listed = every_reason_not_to_open();
    let place = |error: &OpenError| match error {
        OpenError::Storage(_) => 0,
        OpenError::Locked { .. } => 1,
        OpenError::ReadOnly { .. } => 2,
        OpenError::LostEvents { .. } => 3,
        OpenError::LostLog { .. } => 4,
        OpenError::ForeignLog { .. } => 5,
        OpenError::Gap { .. } => 6,
        OpenError::Chain { .. } => 7,
        OpenError::Damaged { .. } => 8,
        OpenError::Index => 9,
        OpenError::Witness { .. } => 10,
        OpenError::NewerVersion { .. } => 11,
    };
    assert_eq!(listed.iter().map(place).collect::<Vec<_>>(), (0..listed.len()).collect::<Vec<_>>());
    let codes: Vec<u8> = listed.iter().map(OpenError::exit_code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
}
