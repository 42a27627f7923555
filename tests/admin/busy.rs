//! Looking after the gallery while it is being computed anew: that takes its time, and the next one waits.

use super::{TOKEN, asked, ended, wish};
use crate::support::{TestApp, answered_by, found, video};
use axum::http::{Method, StatusCode};
use events::Event;
use events::event::{Favorite, View};
use local_video_server::status::jobs::JobState;
use std::net::Ipv4Addr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// How many viewings there are, at the positions from 2.
const VIEWINGS: u64 = 9;

/// A gallery with more events than are learned without saying how far one is.
fn long() -> TestApp {
    let watched = (0..VIEWINGS).map(|_| Event::View(View::Started { video: video(1) }));
    let liked = (0..2_500).map(|number| match number % 2 {
        0 => Event::Favorite(Favorite::Added { video: video(1) }),
        _ => Event::Favorite(Favorite::Removed { video: video(1) }),
    });
    TestApp::given([found(1, "Tide pool.mp4")].into_iter().chain(watched).chain(liked))
}

/// Somebody who computes anew and comes to no end.
struct Slow {
    thread: JoinHandle<()>,
    /// Let go of, it comes to an end.
    held: Sender<()>,
}

impl Slow {
    /// Returns when it is at work.
    fn begin(app: &TestApp) -> Self {
        let (writer, (held, hold), (begun, begins)) = (app.parts().writer, channel(), channel());
        let work = move || {
            let mut wait = |_, _| {
                // Later ones are not waited for.
                let _ = begun.send(());
                let _: Result<(), _> = Receiver::recv(&hold);
                true
            };
            writer.rebuild(&mut wait).expect("it is computed");
        };
        let thread = std::thread::spawn(work);
        begins.recv().expect("it begins");
        Self { thread, held }
    }

    fn end(self) {
        drop(self.held);
        self.thread.join().expect("it ends");
    }
}

#[tokio::test]
async fn eight_may_wait_until_what_they_erased_is_shown_nowhere_and_the_ninth_is_told_to_ask_again() {
    let app = long();
    let slow = Slow::begin(&app);
    let mut waiting = tokio::task::JoinSet::new();
    for pos in 2..2 + VIEWINGS {
        let gallery = app.gallery().for_peer(Ipv4Addr::LOCALHOST.into());
        let wish = wish("/api/v1/admin/redact", &format!(r#"{{"viewings":[{pos}]}}"#));
        waiting.spawn(answered_by(gallery, wish));
    }
    // Nobody else can be answered before it goes on.
    let refused = waiting.join_next().await.expect("nine").expect("it ends");
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text());
    assert!(refused.text().contains("Too many") && !refused.header("retry-after").is_empty(), "{}", refused.text());
    slow.end();
    for erased in waiting.join_all().await {
        assert_eq!((erased.status, erased.json()["events"].as_u64()), (StatusCode::OK, Some(1)), "{}", erased.text());
    }
    assert_eq!(app.state().views().get(video(1)).count, 1, "the ninth erased nothing");
    app.close();
}

#[tokio::test]
async fn a_running_job_is_led_to_and_cancelled() {
    let app = long();
    let slow = Slow::begin(&app);
    let bearer = format!("Bearer {TOKEN}");
    let ask = async |method: Method, address: &str| {
        let answer = asked(&app, "192.168.1.7", method, address, &[("authorization", &bearer)]).await;
        (answer.status, answer.json())
    };
    for _ in 0..2 {
        let (status, job) = ask(Method::POST, "/api/v1/admin/rebuild").await;
        assert_eq!((status, &job["id"], &job["state"]), (StatusCode::ACCEPTED, &1.into(), &"running".into()), "{job}");
    }
    let (status, job) = ask(Method::DELETE, "/api/v1/admin/jobs/1").await;
    assert_eq!((status, &job["id"]), (StatusCode::OK, &1.into()), "{job}");
    let stranger = asked(&app, "192.168.1.7", Method::DELETE, "/api/v1/admin/jobs/1", &[]).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let edition = || app.parts().live.edition();
    let before = edition();
    slow.end();
    assert_eq!(ended(&app, 1).await.state, JobState::Cancelled);
    let (_, job) = ask(Method::GET, "/api/v1/admin/jobs/1").await;
    assert_eq!(
        (&job["state"], &job["summary"]),
        (&"cancelled".into(), &"It was cancelled; nothing was changed.".into())
    );
    assert_eq!(edition(), before + 1, "only the slow one has shown something anew");
    let (status, again) = ask(Method::DELETE, "/api/v1/admin/jobs/1").await;
    assert_eq!((status, again), (StatusCode::OK, job), "what has ended stays as it is");
    assert_eq!(ask(Method::DELETE, "/api/v1/admin/jobs/2").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(Method::POST, "/api/v1/admin/rebuild").await.1["id"], 2, "another one can begin");
    assert_eq!(ended(&app, 2).await.state, JobState::Done);
    app.close();
}
