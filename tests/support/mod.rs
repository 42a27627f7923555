//! The gallery as tests use it: a data folder of its own, opened like the program opens it, asked
//! through the whole router without a socket. Closing it checks that what was shown is what is stored.

pub(crate) mod child;
pub(crate) mod http;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use events::event::Video;
use events::log::EventLog;
use events::log::fjall::{FjallLog, Options};
use events::{Actor, Cause, CommandId, Event, MediaPath, Recorded, RootPath, VideoId};
use jiff::tz::TimeZone;
use local_video_server::app::App;
use local_video_server::config::{Command, parse};
use local_video_server::decoder::transcode::Transcoder;
use local_video_server::pages::Pages;
use local_video_server::router::{self, Parts};
use local_video_server::web::edge::Edge;
use local_video_server::web::origin::HostNames;
use local_video_server::web::page_cache::PageCache;
use local_video_server::web::templates::Templates;
use projections::State;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tempfile::TempDir;
use tower::ServiceExt;

/// An open gallery.
pub(crate) struct TestApp {
    app: App,
    /// Made once: in a debug build that is most of the work of a request.
    gallery: Edge<Router>,
    data: TempDir,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers of ours are text"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("this answer is text")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("this answer is JSON")
    }
}

/// Held for writing while a child process is between fork and exec: until then it has a copy of every lock that this
/// process holds, so that a log just closed by one test would still be locked for another.
static FORKING: RwLock<()> = RwLock::new(());

/// Starts `command` while no test is about to close a log.
pub(crate) fn spawn(command: &mut process::Command) -> process::Child {
    let _alone = forking();
    command.spawn().expect("the program starts")
}

/// Until this is dropped, no test closes a log; for those where the program starts another one.
pub(crate) fn forking() -> RwLockWriteGuard<'static, ()> {
    FORKING.write().unwrap_or_else(PoisonError::into_inner)
}

/// Until this is dropped, no test starts a program; for those that close a log which is opened again.
pub(crate) fn closing_a_log() -> RwLockReadGuard<'static, ()> {
    FORKING.read().unwrap_or_else(PoisonError::into_inner)
}

impl TestApp {
    /// A gallery that knows these events.
    pub(crate) fn given(events: impl IntoIterator<Item = Event>) -> Self {
        Self::of_log((1..).zip(events).map(|(pos, event)| recorded(pos, event)))
    }

    /// A gallery with this log.
    pub(crate) fn of_log(records: impl IntoIterator<Item = Recorded>) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let closing = closing_a_log();
        let mut log = FjallLog::open(data.path(), &Options::default(), &mut |_| ()).expect("an empty log");
        let batch: Vec<Recorded> = records.into_iter().collect();
        if !batch.is_empty() {
            log.append(&batch).expect("the events are stored");
        }
        drop(log);
        drop(closing);
        Self::opened(data)
    }

    fn opened(data: TempDir) -> Self {
        let app = open(data.path());
        Self { gallery: router::gallery(app.parts.clone(), HostNames::default()), app, data }
    }

    /// Ends the program and starts it again on the same data.
    pub(crate) fn restart(self) -> Self {
        let data = self.close();
        Self::opened(data)
    }

    /// Ends the program and checks that replay gives what was shown.
    pub(crate) fn close(self) -> TempDir {
        let live = self.app.parts.live.clone();
        let _closing = closing_a_log();
        self.app.close();
        // A job may have written down that it ended until now.
        let shown = live.snapshot();
        let mut stored = State::default();
        drop(
            FjallLog::open(self.data.path(), &Options::default(), &mut |event| stored.apply(&event)).expect("the log"),
        );
        assert_eq!(stored.digest(), shown.digest(), "what is shown is not what replay gives");
        self.data
    }

    /// What its handlers are given.
    pub(crate) fn parts(&self) -> Parts {
        self.app.parts.clone()
    }

    /// The gallery as one service, for requests that belong together.
    pub(crate) fn gallery(&self) -> Edge<Router> {
        self.gallery.clone()
    }

    /// Sends any request; what looks after the gallery, from its own machine.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let path = request.uri().path();
        let guarded =
            ["/api/v1/admin", "/admin"].iter().any(|folder| path.starts_with(folder)) || path.ends_with("/forget");
        let gallery = if guarded { self.gallery().for_peer(Ipv4Addr::LOCALHOST.into()) } else { self.gallery() };
        answered_by(gallery, request).await
    }

    /// Sends a request and returns the answer as it begins, for bodies that do not end.
    pub(crate) async fn begin(&self, request: Request<Body>) -> Response<Body> {
        self.gallery().oneshot(request).await.expect("the edge never fails")
    }

    /// The same page as with `get`, drawn by a program that has never drawn one.
    pub(crate) async fn get_uncached(&self, address: &str) -> Answer {
        let Parts { live, assets, library, writer, .. } = self.app.parts.clone();
        let moments = writer.feed().moments().clone();
        let templates = Templates::new(TimeZone::system(), assets).expect("templates");
        let pages =
            Pages::new(live, moments, templates, PageCache::default(), library, None, Transcoder::find().is_there());
        let request = request(Method::GET, address, &[("accept", "text/html")], "");
        let gallery = router::gallery(Parts { pages, ..self.parts() }, HostNames::default());
        answered_by(gallery, request).await
    }

    /// A GET as a browser sends it.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(request(Method::GET, address, &[("accept", "text/html")], "")).await
    }

    /// A form sent from one of our own pages.
    pub(crate) async fn post(&self, address: &str, form: &str) -> Answer {
        self.send(request(Method::POST, address, &[("origin", "http://localhost"), ("accept", "text/html")], form))
            .await
    }

    /// What is known now.
    pub(crate) fn state(&self) -> std::sync::Arc<State> {
        self.app.parts.live.snapshot()
    }
}

/// What this `gallery` answers.
pub(crate) async fn answered_by(gallery: Edge<Router>, request: Request<Body>) -> Answer {
    let (parts, body) = gallery.oneshot(request).await.expect("the edge never fails").into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("the body ends").to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A request to this server with these `headers`; a form if it has a body.
pub(crate) fn request(method: Method, address: &str, headers: &[(&str, &str)], form: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(address).header(header::HOST, "localhost");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(form.to_owned())).expect("a test builds valid requests")
}

fn open(data: &Path) -> App {
    let arguments =
        ["local-video-server", "serve", "--data"].map(Into::into).into_iter().chain([data.as_os_str().to_owned()]);
    let Command::Serve(settings) = parse(arguments, std::iter::empty()).expect("valid settings").command else {
        unreachable!("`serve` was asked for");
    };
    App::open(&settings).expect("the gallery opens")
}

/// The video with this number.
pub(crate) fn video(number: u32) -> VideoId {
    VideoId::new(number).expect("not zero")
}

/// A file found in `/videos`.
pub(crate) fn found(number: u32, path: &str) -> Event {
    Event::Video(Video::Found {
        video: video(number),
        root: RootPath::new("/videos"),
        path: MediaPath::new(path).expect("a relative path"),
        size_bytes: u64::from(number) * 1_000_000,
        modified_at_ms: i64::from(number) * 1000,
        fingerprint: None,
        added_at_ms: i64::from(number) * 1000,
    })
}

/// An event as a batch of its own.
pub(crate) fn recorded(pos: u64, event: Event) -> Recorded {
    let at_ms = pos.cast_signed() * 1000;
    Recorded {
        pos,
        recorded_at_ms: at_ms,
        occurred_at_ms: at_ms,
        batch: pos,
        cause: Cause::Scan,
        actor: Actor(0),
        command_id: CommandId::default(),
        caused_by: 0,
        event,
    }
}
