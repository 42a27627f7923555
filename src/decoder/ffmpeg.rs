//! Formats that `av` does not know, by ffmpeg where that is installed: it looks like one more reader of containers, whose
//! key frames are JPEGs. Started by the child, so all limits of that are limits of ffmpeg, too.
//!
//! ffmpeg gets the open film as its standard input and opens that once more through `/dev/stdin`, so that it can seek. Some
//! of its formats are lists of other files to be read; only those that hold their film themselves are let in.

use av::Error;
use av::demux::{Demuxer, Packet};
use av::info::{
    AudioCodec, AudioTrack, Chapter, Colour, Container, Info, Kind, Rotation, SubtitleFormat, SubtitleTrack, Track,
    VideoCodec, VideoTrack,
};
use serde::Deserialize;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::process::{Command, Stdio};

/// How failures and pictures name it.
pub(super) const NAME: &str = "ffmpeg";

/// The formats it may read. Some others are lists of further files to be read.
pub(super) const FORMATS: &str =
    "asf,avi,dv,flv,gxf,h264,hevc,ivf,m4v,matroska,mov,mpeg,mpegts,mpegvideo,mxf,nsv,nut,ogg,rm,vc1,wtv";

/// What `ffprobe` prints of a film with hundreds of chapters and tracks is less.
const MAX_FACTS_BYTES: u64 = 4 << 20;

/// A JPEG of the size below is less.
const MAX_FRAME_BYTES: u64 = 8 << 20;

/// Square pixels, and no side longer than a poster.
const SCALE: &str =
    "scale=w='max(1,min(1,1280/max(iw*sar,ih))*iw*sar)':h='max(1,min(1,1280/max(iw*sar,ih))*ih)',setsar=1";

/// A file that ffmpeg reads.
pub(super) struct Film {
    file: File,
    info: Info,
    /// What kind of file it is, in words.
    pub(super) container: String,
}

impl Film {
    /// Asks what is in `file`; nothing when ffmpeg is not installed.
    ///
    /// # Errors
    /// It cannot be read by ffmpeg either.
    pub(super) fn open(file: &File) -> Result<Option<Self>, Error> {
        let arguments = ["-of", "json", "-show_format", "-show_streams", "-show_chapters", "-i", "/dev/stdin"];
        let facts = match output("ffprobe", &arguments, file, MAX_FACTS_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            facts => facts.map_err(|_| Error::Damaged("ffmpeg cannot read it"))?,
        };
        let facts: Facts = serde_json::from_slice(&facts).map_err(|_| Error::Damaged("ffmpeg cannot read it"))?;
        let container = facts.format.format_long_name.clone();
        Ok(Some(Self { file: file.try_clone()?, info: facts.info(), container }))
    }
}

impl Demuxer for Film {
    fn info(&self) -> &Info {
        &self.info
    }

    /// None are known: every place is asked for by itself.
    fn keyframes(&mut self) -> Result<Vec<u64>, Error> {
        Ok(Vec::new())
    }

    fn keyframe(&mut self, at_ms: u64) -> Result<Packet, Error> {
        let place = format!("{}.{:03}", at_ms / 1000, at_ms % 1000);
        let from = ["-nostdin", "-threads", "1", "-ss", &place, "-noaccurate_seek", "-skip_frame", "nokey"];
        let one = ["-i", "/dev/stdin", "-map", "0:V:0", "-frames:v", "1", "-vf", SCALE];
        let to = ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2", "-threads", "1", "-f", "image2pipe", "pipe:1"];
        let arguments: Vec<&str> = from.into_iter().chain(one).chain(to).collect();
        let data = output("ffmpeg", &arguments, &self.file, MAX_FRAME_BYTES);
        let data = data.ok().filter(|data| !data.is_empty()).ok_or(Error::Damaged("ffmpeg finds no picture in it"))?;
        let track = self.info.picture().map_or(0, |(track, _)| track);
        let pts_us = i64::try_from(at_ms.saturating_mul(1000)).unwrap_or(i64::MAX);
        Ok(Packet { track, pts_us, duration_us: None, key: true, data })
    }

    fn seek(&mut self, _at_ms: u64) -> Result<(), Error> {
        Err(Error::Unsupported("playing by way of ffmpeg".to_owned()))
    }

    fn next(&mut self) -> Result<Option<Packet>, Error> {
        Err(Error::Unsupported("playing by way of ffmpeg".to_owned()))
    }
}

/// What `program` says about `file`, at most `limit` bytes. What it complains about is lost: it is the same for all files
/// that are broken, and in English for experts.
fn output(program: &str, arguments: &[&str], file: &File, limit: u64) -> io::Result<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(["-v", "quiet", "-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS]).args(arguments);
    command.stdin(Stdio::from(file.try_clone()?)).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let mut said = Vec::new();
    let read = match child.stdout.take() {
        Some(out) => out.take(limit).read_to_end(&mut said),
        None => Ok(0),
    };
    // The pipe is closed by now: if there was more to be said, this ends it.
    let ended = child.wait()?;
    read?;
    match ended.success() {
        true => Ok(said),
        false => Err(io::Error::other("it does not understand the file")),
    }
}

/// What `ffprobe` prints, as far as it is of use.
#[derive(Deserialize)]
struct Facts {
    format: Format,
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    chapters: Vec<Place>,
}

#[derive(Deserialize)]
struct Format {
    format_long_name: String,
    #[serde(default)]
    duration: String,
    #[serde(default)]
    tags: HashMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stream {
    codec_type: String,
    codec_name: String,
    width: u32,
    height: u32,
    sample_aspect_ratio: String,
    avg_frame_rate: String,
    channels: u16,
    disposition: HashMap<String, u8>,
    tags: HashMap<String, String>,
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize)]
struct SideData {
    /// How far the frame is to be turned counter-clockwise, in degrees.
    #[serde(default)]
    rotation: i32,
}

#[derive(Deserialize)]
struct Place {
    start_time: String,
    #[serde(default)]
    tags: HashMap<String, String>,
}

impl Facts {
    fn info(self) -> Info {
        let created = self.format.tags.get("creation_time").and_then(|time| time.parse::<jiff::Timestamp>().ok());
        let chapter = |place: Place| Chapter { start_ms: ms(&place.start_time), title: tag(&place.tags, "title") };
        Info {
            // Nobody asks: what ffmpeg says about it is told instead.
            container: Container::Matroska,
            duration_ms: ms(&self.format.duration),
            created_at_ms: created.map(jiff::Timestamp::as_millisecond),
            title: tag(&self.format.tags, "title"),
            tracks: self.streams.into_iter().take(Info::MAX_TRACKS).zip(1..).map(Stream::track).collect(),
            chapters: self.chapters.into_iter().take(Info::MAX_CHAPTERS).map(chapter).collect(),
        }
    }
}

impl Stream {
    fn track((stream, number): (Self, u64)) -> Track {
        let flag = |name| stream.disposition.get(name).is_some_and(|flag| *flag != 0);
        let kind = match stream.codec_type.as_str() {
            "video" if !flag("attached_pic") => Kind::Video(stream.video()),
            "audio" => Kind::Audio(AudioTrack {
                codec: AudioCodec::Other(stream.codec_name.clone()),
                config: Vec::new(),
                codec_string: stream.codec_name.clone(),
                sample_rate: 0,
                channels: stream.channels,
            }),
            // Nobody gets the words out of these files.
            "subtitle" => Kind::Subtitle(SubtitleTrack {
                format: SubtitleFormat::Other(stream.codec_name.clone()),
                config: Vec::new(),
            }),
            _ => Kind::Other,
        };
        let [language, title] = ["language", "title"].map(|name| tag(&stream.tags, name));
        Track { number, language, title, default: flag("default"), kind }
    }

    /// The picture as ffmpeg gives it: of square pixels, turned, a JPEG a frame.
    fn video(&self) -> VideoTrack {
        let (across, down) = pair(&self.sample_aspect_ratio, ':').unwrap_or((1, 1));
        let quarters = self.side_data_list.iter().map(|data| data.rotation / 90).find(|quarters| *quarters != 0);
        let stored = VideoTrack {
            codec: VideoCodec::Mjpeg,
            config: Vec::new(),
            codec_string: self.codec_name.clone(),
            width: self.width,
            height: self.height,
            pixel_aspect: (across, down),
            rotation: if quarters.unwrap_or(0) % 2 == 0 { Rotation::None } else { Rotation::Right },
            frame_rate_mhz: self.frame_rate_mhz(),
            colour: Colour::UNSPECIFIED,
        };
        let (width, height) = stored.display_size();
        VideoTrack { width, height, pixel_aspect: (1, 1), rotation: Rotation::None, ..stored }
    }

    fn frame_rate_mhz(&self) -> u32 {
        let rate =
            pair(&self.avg_frame_rate, '/').map(|(frames, seconds)| u64::from(frames) * 1000 / u64::from(seconds));
        rate.and_then(|rate| u32::try_from(rate).ok()).unwrap_or(0)
    }
}

/// Two numbers, neither 0, with `between` them.
fn pair(text: &str, between: char) -> Option<(u32, u32)> {
    let (first, second) = text.split_once(between)?;
    let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
    Some((number(first)?, number(second)?))
}

/// Seconds with a fraction, in ms; 0 for anything else.
fn ms(seconds: &str) -> u64 {
    // A cast from what is no number, or negative, gives 0.
    seconds.parse::<f64>().map_or(0, |seconds| (seconds * 1000.0).round() as u64)
}

fn tag(tags: &HashMap<String, String>, name: &str) -> String {
    tags.get(name).cloned().unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn info(facts: &str) -> Info {
        serde_json::from_str::<Facts>(facts).unwrap().info()
    }

    #[test]
    fn what_it_prints_is_understood() {
        let info = info(
            r#"{"format": {"format_long_name": "ASF", "duration": "61.5004", "start_time": "0.1",
                    "tags": {"title": "A day", "creation_time": "2024-02-29T12:34:56.000000Z"}},
                "streams": [
                    {"codec_type": "video", "codec_name": "png", "disposition": {"attached_pic": 1}},
                    {"codec_type": "video", "codec_name": "wmv2", "width": 720, "height": 576,
                     "sample_aspect_ratio": "16:15", "avg_frame_rate": "30000/1001",
                     "side_data_list": [{"side_data_type": "Display Matrix", "rotation": -90}]},
                    {"codec_type": "audio", "codec_name": "wmav2", "channels": 2, "tags": {"language": "ger"}},
                    {"codec_type": "subtitle", "codec_name": "dvb_subtitle"}],
                "chapters": [{"start_time": "1.250000", "tags": {"title": "One"}}]}"#,
        );
        assert_eq!((info.duration_ms, info.created_at_ms), (61_500, Some(1_709_210_096_000)));
        assert_eq!((info.title.as_str(), info.tracks.len()), ("A day", 4));
        let (track, video) = info.picture().unwrap();
        assert_eq!((track, video.codec_string.as_str(), video.display_size()), (1, "wmv2", (576, 768)));
        assert_eq!(video.frame_rate_mhz, 29_970);
        assert_eq!(info.sound().unwrap().1.codec_string, "wmav2");
        assert_eq!(info.tracks.get(2).unwrap().language, "ger");
        assert_eq!(info.chapters, [Chapter { start_ms: 1250, title: "One".to_owned() }]);
    }

    #[test]
    fn what_it_does_not_know_is_left_open() {
        let info = info(
            r#"{"format": {"format_long_name": "raw"},
                "streams": [{"codec_type": "video", "sample_aspect_ratio": "0:1", "avg_frame_rate": "0/0"}]}"#,
        );
        assert_eq!((info.duration_ms, info.created_at_ms), (0, None));
        let (_, video) = info.picture().unwrap();
        assert_eq!((video.display_size(), video.frame_rate_mhz), ((0, 0), 0));
        assert_eq!(["-1", "N/A", "nan", "1e40"].map(ms), [0, 0, 0, u64::MAX]);
    }
}
