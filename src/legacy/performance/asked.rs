//! What is asked, and the refusal of what cannot be meant, in the old program's words.

use crate::metrics::{RouteFigures, Window};
use axum::Json;
use axum::http::header::CACHE_CONTROL;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// How many parameters are looked at, and how much of a refused one is repeated, in characters.
const PARAMETERS_MAX: usize = 16;
const REPEATED_MAX: usize = 64;

/// The windows that can be asked for.
const WINDOWS: [Window; 3] = [Window::FiveMinutes, Window::QuarterHour, Window::Hour];

/// The parameters of an address.
pub(super) struct Asked(Vec<(String, String)>);

/// 400: a parameter says something that cannot be meant.
#[derive(Debug)]
pub(super) struct Refused {
    message: String,
    asked: Map<String, Value>,
}

/// What routes can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    P95,
    ErrorRate,
    Requests,
    Path,
}

impl Sort {
    const ALL: [(&str, Self); 4] = [
        ("p95_latency_ms", Self::P95),
        ("error_rate", Self::ErrorRate),
        ("request_count", Self::Requests),
        ("path", Self::Path),
    ];

    /// Which comes first when the order ascends. Routes that are alike are in the order of their addresses.
    pub(super) fn compare(self, a: &RouteFigures, b: &RouteFigures) -> Ordering {
        let (left, right) = (&a.figures, &b.figures);
        let order = match self {
            Self::P95 => left.p95_us.cmp(&right.p95_us),
            // The shares, without dividing.
            Self::ErrorRate => (u128::from(left.errors) * u128::from(right.requests))
                .cmp(&(u128::from(right.errors) * u128::from(left.requests))),
            Self::Requests => left.requests.cmp(&right.requests),
            Self::Path => Ordering::Equal,
        };
        order.then_with(|| (&a.route, a.method).cmp(&(&b.route, b.method)))
    }
}

impl Asked {
    /// What stands behind the `?` of an address.
    pub(super) fn read(uri: &Uri) -> Self {
        let parameters = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
        Self(parameters.take(PARAMETERS_MAX).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn refuse<T>(&self, message: impl Into<String>) -> Result<T, Refused> {
        let short = |text: &str| text.chars().take(REPEATED_MAX).collect::<String>();
        let asked = self.0.iter().map(|(name, value)| (short(name), Value::String(short(value)))).collect();
        Err(Refused { message: message.into(), asked })
    }

    /// How far back: `window_seconds`.
    pub(super) fn window(&self, usual_s: i64) -> Result<Window, Refused> {
        let wanted = self.get("window_seconds").map_or(Some(usual_s), |text| text.trim().parse().ok());
        match WINDOWS.into_iter().find(|window| Some(window.seconds()) == wanted) {
            Some(window) => Ok(window),
            None => self.refuse("must be one of [300, 900, 3600]"),
        }
    }

    /// Whether something is to be among the answer; it is, if nothing is said.
    pub(super) fn truth(&self, name: &str) -> Result<bool, Refused> {
        match self.get(name).unwrap_or("true").trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => self.refuse(format!("{name} must be true or false")),
        }
    }

    /// What routes are sorted by: `sort_by`.
    pub(super) fn sort(&self) -> Result<Sort, Refused> {
        let wanted = self.get("sort_by").unwrap_or("p95_latency_ms");
        match Sort::ALL.into_iter().find(|(name, _)| *name == wanted) {
            Some((_, sort)) => Ok(sort),
            None => self.refuse(format!("must be one of {:?}", Sort::ALL.map(|(name, _)| name))),
        }
    }

    /// Whether the largest comes first: `order`.
    pub(super) fn descending(&self) -> Result<bool, Refused> {
        match self.get("order").unwrap_or("desc") {
            "desc" => Ok(true),
            "asc" => Ok(false),
            _ => self.refuse(r#"must be one of ["asc", "desc"]"#),
        }
    }

    /// How many: `limit`.
    pub(super) fn limit(&self, usual: u64, max: u64) -> Result<usize, Refused> {
        let wanted = self.get("limit").map_or(Some(usual), |text| text.trim().parse().ok());
        match wanted.filter(|limit| (1..=max).contains(limit)).and_then(|limit| usize::try_from(limit).ok()) {
            Some(limit) => Ok(limit),
            None => self.refuse(format!("limit must be a whole number from 1 to {max}")),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({
            "success": false,
            "error": {
                "code": "INVALID_PARAMETER",
                "message": self.message,
                "details": { "parameter": "query", "value": self.asked },
            },
        });
        (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::read(&format!("/x?{query}").parse().unwrap())
    }

    #[test]
    fn what_is_said_counts_and_the_usual_otherwise() {
        assert_eq!(asked("").window(900).unwrap(), Window::QuarterHour);
        assert_eq!(asked("window_seconds=300&window_seconds=7").window(900).unwrap(), Window::FiveMinutes);
        assert_eq!((asked("").limit(10, 50).unwrap(), asked("limit=50").limit(10, 50).unwrap()), (10, 50));
        assert!(asked("").truth("x").unwrap() && !asked("x=False").truth("x").unwrap());
        assert_eq!(asked("sort_by=path").sort().unwrap(), Sort::Path);
        assert!(asked("").descending().unwrap() && !asked("order=asc").descending().unwrap());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for query in ["window_seconds=0", "window_seconds=86400", "window_seconds=", "window_seconds=9e2"] {
            assert!(asked(query).window(900).is_err(), "{query}");
        }
        for query in ["limit=0", "limit=51", "limit=-1", "limit=x", "limit=99999999999999999999"] {
            assert!(asked(query).limit(10, 50).is_err(), "{query}");
        }
        assert!(asked("sort_by=x").sort().is_err() && asked("order=up").descending().is_err());
        assert!(asked("x=perhaps").truth("x").is_err());
        let Refused { asked, .. } = asked(&format!("limit={}", "9".repeat(5_000))).limit(10, 50).unwrap_err();
        assert_eq!(asked["limit"].as_str().unwrap().len(), REPEATED_MAX);
    }
}
