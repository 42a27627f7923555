//! The order of modules inside `src/`: a module may name only rows below its own, never one beside it.
//!
//! Between packages Cargo keeps the order; what outside crates a file may name is in `reach`.

use super::{Source, check};

/// Modules of the root package, top row first.
const ROWS: &[&[&str]] = &[
    &["main", "lib"],
    &["app"],
    &["router", "banner"],
    &["api", "legacy", "scrape"],
    &["history", "dashboard"],
    &["pages", "actions", "media", "jobs"],
    &["admin"],
    &["writer"],
    &["decide", "moments", "telemetry"],
    &["web", "config", "status", "clock", "files", "decoder", "thumbnails", "names", "remote", "av"],
    &["metrics"],
];

/// The row a module stands in, counted from the top.
fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|modules| modules.contains(&module))
}

/// The top-level modules that a line names: `crate::a`, `crate::{a, b::c}`, or `super::super::a`.
fn named(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in ["crate::", "local_video_server::", "super::super::"] {
        for (start, _) in line.match_indices(prefix) {
            let rest = &line[start + prefix.len()..];
            let parts: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split(',').collect(),
                None => vec![rest],
            };
            let word =
                |part: &str| part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
            found.extend(parts.into_iter().map(word).filter(|word| row(word).is_some()));
        }
    }
    found
}

fn names_only_rows_below(source: &Source) -> Vec<String> {
    let Some(inside) = source.path.strip_prefix("src/").filter(|_| source.is("rs")) else {
        return Vec::new();
    };
    let own = inside.split(['/', '.']).next().unwrap_or_default();
    let Some(own_row) = row(own) else {
        return vec![format!("{}: `{own}` has no row yet; give it one in tests/tidy/rows.rs", source.path)];
    };
    let above = |name: &String| name != own && row(name).is_some_and(|row| row <= own_row);
    let mut complaints = Vec::new();
    for (number, line) in source.code() {
        for name in named(line).iter().filter(|name| above(name)) {
            complaints.push(source.at(number, &format!("`{own}` must not know `{name}`: it is not below it")));
        }
    }
    complaints
}

#[test]
fn modules_name_only_rows_below() {
    check(names_only_rows_below);
    let complains = |path: &str, text: &str| !names_only_rows_below(&Source::new(path, text)).is_empty();
    assert!(complains("src/pages/home.rs", "use crate::actions::rating;"));
    assert!(complains("src/decide/mod.rs", "use crate::{web::error, writer};"));
    assert!(complains("src/web/error.rs", "use super::super::app::App;"));
    assert!(complains("src/elsewhere.rs", "use std::fmt;"));
    assert!(!complains("src/pages/home.rs", "use crate::pages::parts;"));
    assert!(!complains("src/app.rs", "use crate::{router, writer::Writer};"));
}
