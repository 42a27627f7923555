//! What `.deny.toml` allows, enforced on the lock file in every run: licences, sources, bans.
//!
//! Not advisories: their database is not in a package registry. The ones we know about are in
//! `.deny.toml`, each with a reason, for whoever runs cargo-deny with a network.

use crate::support::spawn;
use serde_json::Value;
use std::process::{Command, Stdio};

fn policy() -> toml::Table {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/.deny.toml");
    std::fs::read_to_string(path).expect(".deny.toml is readable").parse().expect(".deny.toml is TOML")
}

/// Every package of the build for this machine, as Cargo describes it.
fn packages() -> Vec<Value> {
    let host = spawn(Command::new("rustc").arg("-vV").stdout(Stdio::piped()));
    let host = host.wait_with_output().expect("rustc ends").stdout;
    let host = String::from_utf8(host).expect("rustc writes UTF-8");
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let mut cargo = Command::new(env!("CARGO"));
    // What is optional is shipped to whoever asks for it.
    cargo.args([
        "metadata",
        "--locked",
        "--offline",
        "--format-version",
        "1",
        "--all-features",
        "--filter-platform",
        host,
    ]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = spawn(&mut cargo).wait_with_output().expect("cargo ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    metadata["packages"].as_array().expect("a list of packages").clone()
}

/// Whether an SPDX expression can be met with licences that `allowed` knows. `/` is Cargo's old `OR`.
fn licence_fits(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any_of(&words, &mut at, allowed) && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut fits = all_of(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        fits |= all_of(words, at, allowed);
    }
    fits
}

fn all_of(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut fits = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        fits &= one(words, at, allowed);
    }
    fits
}

fn one(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let fits = any_of(words, at, allowed);
        *at += 1;
        return fits;
    }
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
        return false;
    }
    allowed(word.trim_end_matches('+'))
}

#[test]
fn licences_are_ones_we_may_ship() {
    let policy = policy();
    let allow = policy["licenses"]["allow"].as_array().expect("a list of licences");
    let allowed = |name: &str| allow.iter().any(|licence| licence.as_str() == Some(name));
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(licence_fits(licence, &allowed), "{} is under {licence}", package["name"]);
    }
}

#[test]
fn packages_come_from_the_registry_and_are_not_banned() {
    let policy = policy();
    let banned = policy["bans"]["deny"].as_array().expect("a list of bans");
    for package in packages() {
        let name = package["name"].as_str().expect("a package has a name");
        let ban = banned.iter().find(|ban| ban["name"].as_str() == Some(name));
        assert!(ban.is_none(), "{name} is banned: {ban:?}");
        let source = package["source"].as_str();
        assert!(source.is_none_or(|source| source.starts_with("registry+")), "{name} comes from {source:?}");
    }
}

#[test]
fn expressions_are_understood() {
    let allowed = |name: &str| ["MIT", "Apache-2.0"].contains(&name);
    for good in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(GPL-3.0 OR MIT) AND Apache-2.0", "MIT+"] {
        assert!(licence_fits(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "none", "", "Apache-2.0 WITH LLVM-exception", "MIT MIT"] {
        assert!(!licence_fits(bad, &allowed), "{bad}");
    }
}
