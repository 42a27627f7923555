//! A library folder that is served on a free port, and a client that reads every byte of an answer.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use events::event::{Event, Video};
use events::{Actor, Cause, CommandId, MediaPath, Recorded, RootPath, VideoId};
use local_video_server::decoder::transcode::Transcoder;
use local_video_server::media::traffic::Traffic;
use local_video_server::media::{Media, captions, remux, transcode, video};
use local_video_server::thumbnails::Store;
use local_video_server::thumbnails::wanted::Wanted;
use local_video_server::web::edge::Edge;
use local_video_server::web::error::plain_page;
use local_video_server::web::origin::HostNames;
use local_video_server::web::server;
use projections::{Publisher, State};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A library folder that is served, with the videos 1, 2, 3… in the order of `paths`.
pub(crate) struct Gallery {
    pub(crate) folder: TempDir,
    pub(crate) at: SocketAddr,
    pub(crate) traffic: Traffic,
    pub(crate) publisher: Publisher,
}

impl Gallery {
    pub(crate) async fn new<P: AsRef<OsStr>>(paths: &[P]) -> Self {
        Self::with(paths, Traffic::default(), Transcoder::with(None)).await
    }

    pub(crate) async fn with<P: AsRef<OsStr>>(paths: &[P], traffic: Traffic, transcoder: Transcoder) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let library = folder.path().join("library");
        std::fs::create_dir(&library).expect("a folder can be made");
        let publisher = Publisher::new(videos(&library, paths));
        let store = Store::new(&folder.path().join("thumbnails"), u64::MAX);
        let media = Media::new(publisher.live(), traffic.clone(), store, Wanted::default(), transcoder);
        let router = Router::new()
            .route("/media/{id}/{name}", get(video::video))
            .route("/media/{id}/remux.mp4", get(remux::film))
            .route("/media/{id}/sound.mp3", get(remux::sound))
            .route("/media/{id}/transcode.mp4", get(transcode::film))
            .route("/media/{id}/captions", get(captions::list))
            .route("/media/{id}/captions/{file}", get(captions::track))
            .with_state(media);
        let edge = Edge::new(router, HostNames::default(), Box::new(plain_page), None);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let at = listener.local_addr().expect("a listener has an address");
        tokio::spawn(server::serve(listener, edge, std::future::pending()));
        Self { folder, at, traffic, publisher }
    }

    /// A gallery of one video with these bytes.
    pub(crate) async fn of(bytes: &[u8]) -> Self {
        let gallery = Self::new(&["film.mp4"]).await;
        gallery.write("film.mp4", bytes);
        gallery
    }

    pub(crate) fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join("library").join(below)
    }

    /// Writes a file, last changed at the second 1,000,000,000.
    pub(crate) fn write(&self, below: impl AsRef<Path>, bytes: &[u8]) {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
        let mut file = File::create(path).expect("a file can be made");
        file.write_all(bytes).expect("it can be written");
        file.set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000_000)).expect("it can be dated");
    }

    /// A connection on which `request` was sent with these headers.
    pub(crate) async fn send(&self, request: &str, headers: &[(&str, &str)]) -> TcpStream {
        let mut stream = TcpStream::connect(self.at).await.expect("the server accepts");
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!("{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        stream
    }

    pub(crate) async fn ask(&self, request: &str, headers: &[(&str, &str)]) -> Answer {
        Answer::read(self.send(request, headers).await).await
    }

    pub(crate) async fn get(&self, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET /media/1/film.mp4", headers).await
    }
}

/// The videos 1, 2, 3… at these paths.
fn videos<P: AsRef<OsStr>>(root: &Path, paths: &[P]) -> State {
    (1..).zip(paths).fold(State::default(), |state, (number, path)| applied(state, found(number, root, path)))
}

/// What happens when the video with this number is found.
pub(crate) fn found(number: u32, root: &Path, path: impl AsRef<OsStr>) -> Video {
    Video::Found {
        video: VideoId::new(number).expect("the number is not 0"),
        root: RootPath::new(root),
        path: MediaPath::new(path.as_ref()).expect("the path is relative"),
        size_bytes: 1,
        modified_at_ms: 0,
        fingerprint: None,
        added_at_ms: 0,
    }
}

/// What is known after one more event.
pub(crate) fn applied(mut state: State, video: Video) -> State {
    state.apply(&recorded(state.pos() + 1, video));
    state
}

/// An event as the log has it.
pub(crate) fn recorded(pos: u64, video: Video) -> Recorded {
    Recorded {
        pos,
        recorded_at_ms: 0,
        occurred_at_ms: 0,
        batch: pos,
        cause: Cause::Scan,
        actor: Actor::default(),
        command_id: CommandId::default(),
        caused_by: 0,
        event: Event::Video(video),
    }
}

/// An answer, read to the end of its connection.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that is cut has still answered what it has answered.
        let _: std::io::Result<usize> = stream.read_to_end(&mut bytes).await;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("there is a whole head");
        let body = bytes.split_off(end + 4);
        let head = String::from_utf8(bytes).expect("the head is text");
        Self { status: head[9..12].parse().expect("there is a status"), head, body }
    }

    /// The value of a header, empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next().unwrap_or_default()
    }

    pub(crate) fn length(&self) -> u64 {
        self.header("content-length").parse().expect("the answer has a length")
    }
}

/// Bytes in which every place is different from its surroundings.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|place| u8::try_from(place * 7 % 251).expect("it is below 251")).collect()
}
