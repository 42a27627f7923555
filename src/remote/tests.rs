//! What a job of a server ends with here.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use serde_json::{Value, json};
use tools::rebuild::Rebuilt;
use tools::verify::Report;

fn job(state: &str, code: u8, report: Value, troubles: Value) -> Job {
    let job = json!({ "id": 1, "state": state, "done": 7, "total": 7, "summary": "It is over.", "report": report,
                      "code": code, "troubles": troubles });
    serde_json::from_value(job).unwrap()
}

/// The exit code and the words that a job ends with.
fn ends(job: &Job) -> (u8, String) {
    match job.report::<Rebuilt>().and_then(|_| job.trouble()) {
        Ok(()) => (0, String::new()),
        Err(error) => (tools::exit_code(&error), error.to_string()),
    }
}

#[test]
fn a_job_that_failed_is_an_error_whatever_it_says() {
    let rebuilt = || json!({ "events": 7, "digest": "00", "checkpoints": [], "deleted": 0 });
    let trouble = |code: u8, what: &str| json!([{ "code": code, "what": what, "advice": "Look." }]);
    assert_eq!(ends(&job("done", 0, rebuilt(), json!([]))).0, 0);
    for (code, report, troubles, expected, said) in [
        (0, Value::Null, json!([]), 1, "It is over."),
        (0, rebuilt(), json!([]), 1, "It is over."),
        (74, Value::Null, trouble(74, "the log is closed"), 74, "It is over. the log is closed. Look."),
        (89, rebuilt(), trouble(89, "they differ"), 89, "It is over. they differ. Look."),
    ] {
        let (ended, words) = ends(&job("failed", code, report, troubles));
        assert!(ended == expected && words.contains(said), "{ended}: {words}");
    }
    assert!(ends(&job("cancelled", 0, Value::Null, json!([]))).1.contains("It is over."));
    assert!(ends(&job("done", 0, json!({ "events": "many" }), json!([]))).1.contains("answers otherwise"));
}

#[test]
fn what_could_not_be_verified_is_no_finding_and_findings_come_as_they_were_found() {
    let unverified = job("failed", 1, Value::Null, json!([{ "code": 1, "what": "verify once more", "advice": "" }]));
    assert!(unverified.report::<Report>().is_err());
    let finding = json!({ "code": 87, "what": "HEAD is damaged. Twice", "advice": "Restore." });
    let report = json!({ "events": 7, "chain": "", "digest": "", "findings": [finding] });
    let damaged = job("failed", 87, report.clone(), json!([finding])).report::<Report>().unwrap();
    assert_eq!(serde_json::to_value(damaged).unwrap(), report);
}
