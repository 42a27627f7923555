//! What a sample entry says of sound, in all the shapes that QuickTime and its heirs gave it (QuickTime File Format, "Sound
//! Sample Descriptions"; ISO/IEC 14496-12 §12.2, ISO/IEC 14496-1 §7.2.6).

use super::boxes::{Full, boxes, find, find_full, text};
use super::entry::Entry;
use crate::bits::{be8, be16, be32, be64};
use crate::codec::{aac, ac3};
use crate::info::{AudioCodec, AudioTrack};

/// What an elementary stream descriptor says.
pub(super) struct Esds<'a> {
    pub(super) object_type: u8,
    config: &'a [u8],
}

/// The descriptor among the boxes of a sample entry, or in the `wave` of QuickTime.
pub(super) fn esds(more: &[u8]) -> Option<Esds<'_>> {
    let body = find(more, b"esds").or_else(|| find(find(more, b"wave")?, b"esds"))?;
    let mut rest = Full::read(body)?.body;
    let mut object_type = None;
    // Descriptors lie in each other; what is before the next one in each is left out.
    loop {
        let (tag, inside) = descriptor(rest)?;
        match (tag, object_type) {
            (3, _) => {
                let flags = be8(inside, 2)?;
                let url = if flags & 0x40 != 0 {
                    1 + usize::from(be8(inside, if flags & 0x80 != 0 { 5 } else { 3 })?)
                } else {
                    0
                };
                let skip = 3 + if flags & 0x80 != 0 { 2 } else { 0 } + url + if flags & 0x20 != 0 { 2 } else { 0 };
                rest = inside.get(skip..)?;
            }
            (4, _) => {
                let object = be8(inside, 0)?;
                object_type = Some(object);
                rest = inside.get(13..)?;
                if descriptor(rest).is_none() {
                    return Some(Esds { object_type: object, config: &[] });
                }
            }
            (5, Some(object_type)) => return Some(Esds { object_type, config: inside }),
            _ => return object_type.map(|object_type| Esds { object_type, config: &[] }),
        }
    }
}

/// The tag and the inside of a descriptor. Its length is in up to four bytes of seven bits.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, mut rest) = bytes.split_first()?;
    let mut len = 0;
    for _ in 0..4 {
        let (byte, after) = rest.split_first()?;
        rest = after;
        len = len << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((*tag, rest.get(..len).unwrap_or(rest)))
}

/// What the entry says of its track.
pub(super) fn track(entry: &Entry<'_>) -> AudioTrack {
    let body = entry.body;
    let mut channels = be16(body, 16).unwrap_or(0);
    let mut sample_rate = be32(body, 24).map_or(0, |rate| rate >> 16);
    let more = match (entry.version, be16(body, 8)) {
        (0, Some(1)) => 44,
        (0, Some(2)) => {
            channels = be32(body, 40).and_then(|count| u16::try_from(count).ok()).unwrap_or(0);
            sample_rate = be64(body, 32).map_or(0, |rate| f64::from_bits(rate).clamp(0.0, 1e7) as u32);
            64
        }
        _ => 28,
    };
    // Some writers claim a version and then do not have its fields.
    let known =
        |at: &usize| body.get(*at..).is_some_and(|more| boxes(more).next().is_some_and(|(name, _)| plain(name)));
    let more = [more, 28, 44, 64].into_iter().find(known).and_then(|at| body.get(at..)).unwrap_or_default();
    let (codec, config) = codec(entry, more);
    match codec {
        AudioCodec::Aac => {
            let said = aac::parse(&config);
            sample_rate = said.map(|aac| aac.sample_rate).filter(|rate| *rate > 0).unwrap_or(sample_rate);
            channels = said.map(|aac| aac.channels).filter(|channels| *channels > 0).unwrap_or(channels);
        }
        AudioCodec::Opus => sample_rate = 48_000,
        AudioCodec::Flac => {
            let said = be32(&config, 14).map_or(0, |word| word >> 12);
            sample_rate = if said > 0 { said } else { sample_rate };
        }
        AudioCodec::Ac3 => channels = ac3::channels(&config).unwrap_or(channels),
        AudioCodec::Eac3 => channels = ac3::channels_plus(&config).unwrap_or(channels),
        AudioCodec::Mp3 | AudioCodec::Vorbis | AudioCodec::Other(_) => {}
    }
    AudioTrack { codec_string: codec.string(&config), codec, config, sample_rate, channels }
}

fn plain(name: [u8; 4]) -> bool {
    name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
}

fn codec(entry: &Entry<'_>, more: &[u8]) -> (AudioCodec, Vec<u8>) {
    let body = |name| find(more, name).or_else(|| find(find(more, b"wave")?, name)).unwrap_or_default().to_vec();
    match &entry.name {
        b"mp4a" | b"aac " => match esds(more) {
            Some(esds) => mpeg4(entry, &esds),
            None => (AudioCodec::Other(text(entry.name)), Vec::new()),
        },
        b".mp3" | b"mp3 " | b"ms\0U" => (AudioCodec::Mp3, Vec::new()),
        b"Opus" => (AudioCodec::Opus, opus(&body(b"dOps"))),
        b"fLaC" => (AudioCodec::Flac, find_full(more, b"dfLa").map_or(Vec::new(), |full| full.body.to_vec())),
        b"ac-3" | b"sac3" => (AudioCodec::Ac3, body(b"dac3")),
        b"ec-3" => (AudioCodec::Eac3, body(b"dec3")),
        _ => (AudioCodec::Other(text(entry.name)), Vec::new()),
    }
}

/// By the object types registered with the MPEG-4 registration authority.
fn mpeg4(entry: &Entry<'_>, esds: &Esds<'_>) -> (AudioCodec, Vec<u8>) {
    let config = esds.config.to_vec();
    match esds.object_type {
        0x40 | 0x66..=0x68 => (AudioCodec::Aac, config),
        0x69 | 0x6b => (AudioCodec::Mp3, Vec::new()),
        0xa5 => (AudioCodec::Ac3, Vec::new()),
        0xa6 => (AudioCodec::Eac3, Vec::new()),
        0xdd => (AudioCodec::Vorbis, config),
        _ => (AudioCodec::Other(text(entry.name)), config),
    }
}

/// `dOps` (Encapsulation of Opus in ISO Base Media §4.3.2) as the head that others have (RFC 7845 §5.1): little-endian.
fn opus(dops: &[u8]) -> Vec<u8> {
    let parts = || {
        let (channels, skip, rate, gain) = (be8(dops, 1)?, be16(dops, 2)?, be32(dops, 4)?, be16(dops, 8)?);
        let mut head = vec![1, channels];
        head.extend(skip.to_le_bytes());
        head.extend(rate.to_le_bytes());
        head.extend(gain.to_le_bytes());
        head.extend(dops.get(10..)?);
        Some(head)
    };
    parts().unwrap_or_default()
}
