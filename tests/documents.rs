//! Parts of documents that are made from the code, so that they cannot disagree with it.
//!
//! Such a part stands between `<!-- made from the code: NAME -->` and `<!-- end -->`. To write them
//! anew: `UPDATE_DOCS=1 cargo test --test it documents`.

use events::Cause;
use events::wire::{Field, kinds};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Expects `made` as part `name` of `document`; with `UPDATE_DOCS` set, writes it there first.
fn expect_part(document: &str, name: &str, made: &str) {
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
