//! Sizes: a file or function that outgrows them is two.

use super::{Source, check};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;
const DOCUMENT_LINES: usize = 200;

fn file_is_short(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let limit = match source.path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("rs" | "js" | "css" | "html") => FILE_LINES,
        Some("md") => DOCUMENT_LINES,
        _ => return Vec::new(),
    };
    let generated = source.path == "docs/EVENTS.md";
    if lines > limit && !generated {
        vec![format!("{}: {lines} lines; at most {limit}", source.path)]
    } else {
        Vec::new()
    }
}

/// A function's lines, from the one that says `fn` to the brace in the same column.
fn functions_are_short(source: &Source) -> Vec<String> {
    if !source.is("rs") && !source.is("js") {
        return Vec::new();
    }
    let word = if source.is("rs") { "fn " } else { "function " };
    let lines: Vec<&str> = source.text.lines().collect();
    let mut complaints = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let indent = &line[..line.len() - line.trim_start().len()];
        let opens = line.trim_start().split('(').next().is_some_and(|head| head.contains(word));
        if !opens || line.trim_start().starts_with("//") || line.ends_with('}') || line.ends_with(';') {
            continue;
        }
        let closes = |line: &&str| line.strip_prefix(indent).is_some_and(|rest| rest.starts_with('}'));
        let length = lines[start..].iter().position(closes).map_or(1, |end| end + 1);
        if length > FUNCTION_LINES {
            complaints.push(source.at(start + 1, &format!("a function of {length} lines; at most {FUNCTION_LINES}")));
        }
    }
    complaints
}

fn module_says_what_it_is_for(source: &Source) -> Vec<String> {
    if source.is("rs") && !source.text.starts_with("//! ") {
        return vec![source.at(1, "a module opens with `//!`: what it is for, and what it is not")];
    }
    Vec::new()
}

#[test]
fn files_are_short() {
    check(file_is_short);
    assert_eq!(file_is_short(&Source::new("src/a.rs", &"x\n".repeat(401))).len(), 1);
    assert_eq!(file_is_short(&Source::new("docs/a.md", &"x\n".repeat(201))).len(), 1);
}

#[test]
fn functions_fit_a_screen() {
    check(functions_are_short);
    let long = format!("    pub fn a() {{\n{}    }}\n", "        b();\n".repeat(69));
    assert_eq!(functions_are_short(&Source::new("src/a.rs", &long)).len(), 1);
    let short = format!("    pub fn a() {{\n{}    }}\n", "        b();\n".repeat(68));
    assert!(functions_are_short(&Source::new("src/a.rs", &short)).is_empty());
}

#[test]
fn modules_open_with_a_doc() {
    check(module_says_what_it_is_for);
    assert_eq!(module_says_what_it_is_for(&Source::new("src/a.rs", "use b;\n")).len(), 1);
}
