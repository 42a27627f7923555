//! What of a file goes into an MP4 that browsers play, and what they have to know to say whether they do.
//!
//! By the codec strings of RFC 6381, which are also all that is kept of a file: so a page and the stream behind it come to
//! the same answer.

use crate::Error;
use crate::info::{AudioCodec, AudioTrack, Container, Info, VideoCodec, VideoTrack};

/// What is taken out of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The track of the picture. Index into [`Info::tracks`].
    pub picture: usize,
    /// The track of the sound, if there is one that can be taken.
    pub sound: Option<usize>,
    /// The media type with the codecs, such as `video/mp4; codecs="avc1.640028, mp4a.40.2"`.
    pub mime: String,
    /// The codec of sound that had to be left out, because no browser plays it in an MP4.
    pub left_out: Option<String>,
}

/// The media type of an MP4 with this picture and this sound, by their codec strings, and whether the sound had to be left
/// out of it; nothing if browsers play no such picture in an MP4. No sound is an empty string.
#[must_use]
pub fn media_type(picture: &str, sound: &str) -> Option<(String, bool)> {
    let picture = picture_in_mp4(picture)?;
    Some(match sound_in_mp4(sound) {
        Some(sound) => (format!("video/mp4; codecs=\"{picture}, {sound}\""), false),
        None => (format!("video/mp4; codecs=\"{picture}\""), !sound.is_empty()),
    })
}

/// What is to be taken out of a file.
///
/// # Errors
/// [`Error::Unsupported`] for a file without a picture, or with one that browsers do not play in an MP4.
pub fn plan(info: &Info) -> Result<Plan, Error> {
    let (picture, video) = info.picture().ok_or_else(|| Error::Unsupported("a file without a picture".to_owned()))?;
    let codec = &video.codec_string;
    if !picture_fits(info.container, video) {
        return Err(Error::Unsupported(format!("{codec} in an MP4 file for browsers")));
    }
    let sound = info.sound();
    let fitting = sound.filter(|(_, audio)| sound_fits(audio));
    let words = fitting.map(|(_, audio)| audio.codec_string.as_str()).unwrap_or_default();
    let (mime, _) =
        media_type(codec, words).ok_or_else(|| Error::Unsupported(format!("{codec} in an MP4 file for browsers")))?;
    let left_out = sound.filter(|_| fitting.is_none()).map(|(_, audio)| audio.codec_string.clone());
    Ok(Plan { picture, sound: fitting.map(|(index, _)| index), mime, left_out })
}

impl Plan {
    /// The same without any sound, for a browser that cannot play it.
    #[must_use]
    pub fn silent(self) -> Self {
        Self { sound: None, ..self }
    }
}

/// Whether there is a form of this picture in an MP4, and all that it needs.
fn picture_fits(container: Container, video: &VideoTrack) -> bool {
    match video.codec {
        VideoCodec::H264 | VideoCodec::Vp9 | VideoCodec::Av1 => true,
        // An AVI does not say when its frames are shown, and only of H.264 is it worked out here.
        VideoCodec::Hevc => !video.config.is_empty() && container != Container::Avi,
        VideoCodec::Vp8 | VideoCodec::Mjpeg | VideoCodec::Other(_) => false,
    }
}

fn sound_fits(audio: &AudioTrack) -> bool {
    match audio.codec {
        AudioCodec::Aac | AudioCodec::Opus | AudioCodec::Flac => !audio.config.is_empty(),
        AudioCodec::Mp3 | AudioCodec::Ac3 | AudioCodec::Eac3 => true,
        AudioCodec::Vorbis | AudioCodec::Other(_) => false,
    }
}

/// The codec string of a picture as it is in an MP4.
fn picture_in_mp4(codec: &str) -> Option<String> {
    let same = ["avc1.", "hvc1.", "vp09.", "av01."].iter().any(|known| codec.starts_with(known));
    // The same codecs with their parameter sets in the stream as well; there is a record of them all the same.
    let other = || {
        let rest = |from: &str, to: &str| codec.strip_prefix(from).map(|rest| format!("{to}{rest}"));
        rest("avc3.", "avc1.").or_else(|| rest("hev1.", "hvc1."))
    };
    if same { Some(codec.to_owned()) } else { other() }
}

/// The codec string of sound as it is in an MP4.
fn sound_in_mp4(codec: &str) -> Option<String> {
    let small = codec.to_ascii_lowercase();
    match small.as_str() {
        "mp3" | "mp4a.6b" | "mp4a.69" | "mp4a.40.34" => Some("mp4a.6B".to_owned()),
        "opus" | "flac" | "ac-3" | "ec-3" => Some(small),
        _ => small.starts_with("mp4a.40.").then_some(small),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_play_in_an_mp4_has_a_media_type() {
        for (picture, sound, expected) in [
            ("avc1.640028", "mp4a.40.2", Some(("avc1.640028, mp4a.40.2", false))),
            ("avc1.640028", "", Some(("avc1.640028", false))),
            ("hev1.1.6.L93.B0", "Opus", Some(("hvc1.1.6.L93.B0, opus", false))),
            ("vp09.00.10.08", "mp3", Some(("vp09.00.10.08, mp4a.6B", false))),
            ("av01.0.04M.08", "vorbis", Some(("av01.0.04M.08", true))),
            ("avc1.4d401f", "pcm_s16le", Some(("avc1.4d401f", true))),
            ("XVID", "mp3", None),
            ("vp8", "opus", None),
            ("", "", None),
        ] {
            let expected = expected.map(|(codecs, left)| (format!("video/mp4; codecs=\"{codecs}\""), left));
            assert_eq!(media_type(picture, sound), expected, "{picture} {sound}");
        }
    }
}
