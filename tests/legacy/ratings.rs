//! Stars, by file name and by `media_hash` (§1b).

use super::{JSON, gallery, get, post, posted, request};
use crate::support::{answered_by, video};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const ALPHA: &str = "/api/ratings/70c46155ce56fd94";

/// §1b POST /rate: `int()` coercion: "3" → 3, 4.9 → 4, true → 1.
#[tokio::test]
async fn rate_takes_what_python_takes_for_a_number() {
    let gallery = gallery();
    for (rating, stars) in [(json!(5), 5), (json!("3"), 3), (json!(4.9), 4), (json!(true), 1), (json!(2), 2)] {
        let answer = posted(&gallery, "/rate", json!({"filename": "alpha.mp4", "rating": rating})).await;
        assert_eq!(answer, json!({"success": true, "rating": stars}));
        assert_eq!(gallery.state().ratings().get(video(1)).map(|rated| rated.stars.get()), Some(stars));
    }
    for rating in
        [json!(0), json!(6), json!(-1), json!("x"), json!(""), json!(1e99), json!([3]), json!({}), Value::Null]
    {
        let answer = post(&gallery, "/rate", json!({"filename": "alpha.mp4", "rating": rating})).await;
        let told = (answer.status, answer.json());
        assert_eq!(told, (StatusCode::BAD_REQUEST, json!({"error": "Invalid rating"})), "{rating}");
    }
    assert_eq!(gallery.state().ratings().get(video(1)).map(|rated| rated.stars.get()), Some(2));
    gallery.close();
}

/// §1b GET and POST /api/ratings/<media_hash>, §3.4: `alpha.mp4` is `70c46155ce56fd94`.
#[tokio::test]
async fn a_hash_is_rated_and_summed_up() {
    let gallery = gallery();
    let none = get(&gallery, ALPHA).await;
    assert_eq!((none.status, none.json()), (StatusCode::OK, json!({"average": 0.0, "count": 0, "user": null})));
    for (value, stars) in [(json!(4), 4), (json!("2"), 2), (json!(5.0), 5)] {
        let summary = json!({"average": f64::from(stars), "count": 1, "user": {"value": stars}});
        let given = post(&gallery, ALPHA, json!({"value": value})).await;
        assert_eq!((given.status, given.json()), (StatusCode::CREATED, summary.clone()), "{value}");
        assert_eq!(get(&gallery, ALPHA).await.json(), summary);
    }
    for value in [json!(0), json!(6), json!(2.5), json!("x"), json!([]), Value::Null] {
        let answer = post(&gallery, ALPHA, json!({"value": value})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{value}");
        let told = answer.json();
        assert!(told["error"] == "Invalid rating value" && told["detail"].is_string(), "{told}");
    }
    for hash in ["0000000000000000", "70c46155ce56fd9", "alpha.mp4", "..%2f..%2fx", "%C3%A9", "'%20OR%201=1"] {
        let address = format!("/api/ratings/{hash}");
        for answer in [get(&gallery, &address).await, post(&gallery, &address, json!({"value": 3})).await] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{hash}");
            let error = answer.json()["error"].as_str().expect("a text").to_owned();
            assert!(error.starts_with("No video found for hash: "), "{error}");
        }
    }
    gallery.close();
}

/// §1b: 5 per 10 s per IP, `Retry-After`. §7.1 S6: the IP was what `X-Forwarded-For` said.
#[tokio::test]
async fn one_machine_rates_five_times_in_ten_seconds() {
    let app = gallery();
    let gallery = app.gallery();
    let from = async |peer: &str, forwarded: &str| {
        let headers = [JSON[0], ("x-forwarded-for", forwarded)];
        let gallery = gallery.for_peer(peer.parse().expect("an address"));
        answered_by(gallery, request(Method::POST, ALPHA, &headers, "{\"value\": 3}")).await
    };
    for number in 0..5 {
        assert_eq!(from("192.168.1.2", &format!("10.0.0.{number}")).await.status, StatusCode::CREATED);
    }
    let refused = from("192.168.1.2", "10.0.0.99").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "whatever it says about itself");
    let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=10).contains(&seconds), "{seconds}");
    let told = refused.json();
    let detail = format!("Max 5 requests per 10 seconds. Reset in {seconds}s");
    assert_eq!(told, json!({"error": "Rate limit exceeded", "detail": detail}));
    assert_eq!(from("192.168.1.3", "10.0.0.99").await.status, StatusCode::CREATED, "another machine may");
    let reading = answered_by(gallery.for_peer([192, 168, 1, 2].into()), request(Method::GET, ALPHA, &[], "")).await;
    assert_eq!(reading.status, StatusCode::OK, "and reading is not counted");
    app.close();
}

/// §1b OPTIONS: 204 and CORS for origins of the LAN. §7.1 S5: `http://172.200.1.1.evil.com` was one of them.
#[tokio::test]
async fn pages_of_the_house_may_read_ratings() {
    let gallery = gallery();
    for (origin, near) in [
        ("http://192.168.1.7:3000", true),
        ("http://nas.local", true),
        ("http://[::1]:3000", true),
        ("http://172.200.1.1.evil.com", false),
        ("http://172.200.1.1", false),
        ("https://example.org", false),
        ("null", false),
    ] {
        for method in [Method::OPTIONS, Method::GET] {
            let status = if method == Method::OPTIONS { StatusCode::NO_CONTENT } else { StatusCode::OK };
            let answer = gallery.send(request(method, ALPHA, &[("origin", origin)], "")).await;
            assert_eq!(answer.status, status, "{origin}");
            assert_eq!(answer.header("access-control-allow-origin"), if near { origin } else { "" });
            assert_eq!(answer.header("access-control-allow-credentials"), if near { "true" } else { "" });
            assert_eq!(answer.header("access-control-allow-methods"), if near { "GET, POST, OPTIONS" } else { "" });
            let headers = if near { "Content-Type, Authorization" } else { "" };
            assert_eq!(answer.header("access-control-allow-headers"), headers);
            assert_eq!(answer.header("access-control-max-age"), if near { "3600" } else { "" });
            assert_eq!(answer.header("vary"), "origin", "{origin}");
        }
    }
    let unknown = [("origin", "http://nas.local")];
    let unknown = gallery.send(request(Method::GET, "/api/ratings/0000000000000000", &unknown, "")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(unknown.header("access-control-allow-origin"), "http://nas.local", "refusals can be read as well");
    gallery.close();
}
