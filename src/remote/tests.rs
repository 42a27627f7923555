//! What a job of a server ends with here.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use serde_json::{Value, json};

fn job(state: &str, code: u8, facts: Value, troubles: &[&str]) -> Job {
    let job = json!({ "id": 1, "state": state, "done": 7, "total": 7, "summary": "It is over.", "facts": facts,
                      "code": code, "troubles": troubles });
    serde_json::from_value(job).unwrap()
}

/// The exit code and the words that a job ends with.
fn ends(job: Job) -> (u8, String) {
    match job.ended().and_then(|job| job.trouble()) {
        Ok(()) => (0, String::new()),
        Err(error) => (tools::exit_code(&error), error.to_string()),
    }
}

#[test]
fn a_job_that_failed_is_an_error_whatever_it_says() {
    let facts = || json!([{ "name": "Events", "value": "7" }]);
    assert_eq!(ends(job("done", 0, facts(), &[])).0, 0);
    for (code, facts, troubles, expected) in [
        (0, json!([]), &[][..], 1),
        (0, facts(), &[], 1),
        (74, json!([]), &["the log is closed"], 74),
        (89, facts(), &["They differ."], 89),
    ] {
        let (code, said) = ends(job("failed", code, facts, troubles));
        assert!(code == expected && said.contains("It is over."), "{code}: {said}");
        assert!(troubles.iter().all(|trouble| said.contains(trouble)), "{said}");
    }
    assert!(ends(job("cancelled", 0, json!([]), &[])).1.contains("It is over."));
}

#[test]
fn what_could_not_be_verified_is_no_finding() {
    assert!(job("failed", 1, json!([]), &["verify once more"]).ended().is_err());
    let damaged = job("failed", 87, json!([{ "name": "Chain", "value": "" }]), &["HEAD is damaged. Restore."]);
    assert_eq!(report(&damaged.ended().unwrap()).findings.len(), 1);
}
