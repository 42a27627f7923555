//! The two structures Windows describes streams with, in AVI and wherever else they went: `BITMAPINFOHEADER` and
//! `WAVEFORMATEX`. Which file they stand in is not known here.

use crate::info::{AudioCodec, AudioTrack, Colour, Rotation, VideoCodec, VideoTrack};

/// A number of two bytes, the low one first; 0 beyond the end.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |two| u16::from_le_bytes(*two))
}

/// A number of four bytes, the low one first; 0 beyond the end.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
}

/// Four characters, or their number in hex where they are none.
pub(crate) fn name_of(fourcc: u32) -> String {
    let bytes = fourcc.to_le_bytes();
    match bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        true => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().trim_end().to_owned(),
        false => format!("0x{fourcc:08X}"),
    }
}

/// Pictures as a `BITMAPINFOHEADER` describes them, with what follows it.
pub(crate) fn video(header: &[u8]) -> VideoTrack {
    let fourcc = u32_at(header, 16);
    let extra = header.get(40..).unwrap_or_default();
    let codec = video_codec(fourcc);
    // A record begins with its version, parameter sets in a stream with zeros.
    let config = match &codec {
        VideoCodec::H264 | VideoCodec::Hevc | VideoCodec::Av1 if extra.first().is_some_and(|version| *version != 0) => {
            extra.to_vec()
        }
        VideoCodec::Other(_) => extra.to_vec(),
        VideoCodec::H264
        | VideoCodec::Hevc
        | VideoCodec::Vp8
        | VideoCodec::Vp9
        | VideoCodec::Av1
        | VideoCodec::Mjpeg => Vec::new(),
    };
    let codec_string = codec.string(&config);
    let said = codec.picture(&config);
    VideoTrack {
        codec_string,
        width: u32_at(header, 4),
        // Below 0 for pictures that begin at the top.
        height: u32_at(header, 8).cast_signed().unsigned_abs(),
        pixel_aspect: said.and_then(|said| said.pixel_aspect).unwrap_or((1, 1)),
        rotation: Rotation::None,
        frame_rate_mhz: 0,
        colour: said.map_or(Colour::UNSPECIFIED, |said| said.colour),
        codec,
        config,
    }
}

fn video_codec(fourcc: u32) -> VideoCodec {
    let name = name_of(fourcc);
    match name.to_ascii_uppercase().as_str() {
        "H264" | "X264" | "AVC1" | "DAVC" | "AVC" | "VSSH" => VideoCodec::H264,
        "HEVC" | "H265" | "X265" | "HEV1" | "HVC1" => VideoCodec::Hevc,
        "VP80" => VideoCodec::Vp8,
        "VP90" => VideoCodec::Vp9,
        "AV01" => VideoCodec::Av1,
        "MJPG" | "AVRN" | "LJPG" | "JPEG" | "AVDJ" | "ADJV" | "DMB1" => VideoCodec::Mjpeg,
        _ if fourcc == 0 => VideoCodec::Other("RGB".to_owned()),
        _ => VideoCodec::Other(name),
    }
}

/// Sound as a `WAVEFORMATEX` describes it, with what follows it.
pub(crate) fn audio(format: &[u8]) -> AudioTrack {
    let extra_len = usize::from(u16_at(format, 16));
    let extra = format.get(18..).unwrap_or_default();
    let extra = extra.get(..extra_len).unwrap_or(extra);
    let tag = match u16_at(format, 0) {
        // The extensible form: the tag is the beginning of a longer name behind mask and depth.
        0xFFFE => u16_at(extra, 6),
        tag => tag,
    };
    let codec = audio_codec(tag);
    let config = match &codec {
        AudioCodec::Aac | AudioCodec::Flac | AudioCodec::Other(_) => extra.to_vec(),
        AudioCodec::Mp3 | AudioCodec::Opus | AudioCodec::Vorbis | AudioCodec::Ac3 | AudioCodec::Eac3 => Vec::new(),
    };
    let codec_string = codec.string(&config);
    AudioTrack { codec, config, codec_string, sample_rate: u32_at(format, 4), channels: u16_at(format, 2) }
}

fn audio_codec(tag: u16) -> AudioCodec {
    match tag {
        0x0055 => AudioCodec::Mp3,
        0x00FF | 0x706D => AudioCodec::Aac,
        0x2000 => AudioCodec::Ac3,
        0xF1AC => AudioCodec::Flac,
        0x0001 | 0x0003 => AudioCodec::Other("PCM".to_owned()),
        0x0002 | 0x0011 => AudioCodec::Other("ADPCM".to_owned()),
        0x0006 | 0x0007 => AudioCodec::Other("G.711".to_owned()),
        0x0050 => AudioCodec::Other("MP2".to_owned()),
        0x0160..=0x0163 => AudioCodec::Other("WMA".to_owned()),
        0x2001 => AudioCodec::Other("DTS".to_owned()),
        _ => AudioCodec::Other(format!("0x{tag:04X}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(fourcc: &[u8; 4], height: i32, extra: &[u8]) -> Vec<u8> {
        let size = [40, 0, 0, 0].as_slice();
        [size, &640_u32.to_le_bytes(), &height.to_le_bytes(), &[1, 0, 24, 0], fourcc, &[0; 20], extra].concat()
    }

    #[test]
    fn pictures_by_their_four_characters() {
        let track = video(&bitmap(b"h264", 480, &[0, 0, 0, 1, 0x67]));
        assert_eq!((track.codec, track.config, track.width, track.height), (VideoCodec::H264, vec![], 640, 480));
        let track = video(&bitmap(b"XVID", -480, &[1, 2]));
        assert_eq!((track.codec, track.config), (VideoCodec::Other("XVID".into()), vec![1, 2]));
        assert_eq!((track.height, track.codec_string.as_str()), (480, "XVID"));
        assert_eq!(video(&bitmap(&[0; 4], 1, &[])).codec, VideoCodec::Other("RGB".into()));
        assert_eq!(video(&bitmap(&[1, 0, 0, 0], 1, &[])).codec, VideoCodec::Other("0x00000001".into()));
        assert_eq!(video(&[]).width, 0);
    }

    #[test]
    fn sound_by_its_tag() {
        let format = |tag: u16, extra: &[u8]| {
            let mut bytes = [tag.to_le_bytes(), 2_u16.to_le_bytes()].concat();
            bytes.extend(48_000_u32.to_le_bytes());
            bytes.extend([0; 8]);
            bytes.extend((extra.len() as u16).to_le_bytes());
            bytes.extend(extra);
            audio(&bytes)
        };
        let aac = format(0xFF, &[0x11, 0x90]);
        assert_eq!(
            (aac.codec, aac.config, aac.sample_rate, aac.channels),
            (AudioCodec::Aac, vec![0x11, 0x90], 48_000, 2)
        );
        assert_eq!(aac.codec_string, "mp4a.40.2");
        assert_eq!(format(0x55, &[1, 2, 3]).codec, AudioCodec::Mp3);
        assert_eq!(format(0xFFFE, &[16, 0, 3, 0, 0, 0, 1, 0]).codec, AudioCodec::Other("PCM".into()));
        assert_eq!(format(0x1234, &[]).codec, AudioCodec::Other("0x1234".into()));
        assert_eq!(audio(&[]).sample_rate, 0);
    }
}
