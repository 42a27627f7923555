//! How sound is described in an MP4: the sample entry of each codec, from what other containers know of it.

use super::boxes::{boxed, full};
use crate::Error;
use crate::bits::Bits;
use crate::info::{AudioCodec, AudioTrack};

/// Whether the description needs a look at the first packet.
pub(super) fn needs_packet(track: &AudioTrack) -> bool {
    track.config.is_empty() && matches!(track.codec, AudioCodec::Ac3 | AudioCodec::Eac3)
}

/// The sample entry of a track (ISO/IEC 14496-12 §12.2.3); `packet` is its first one if it is needed.
///
/// # Errors
/// The codec has no form in an MP4, or its configuration makes no sense.
pub(super) fn entry(track: &AudioTrack, packet: &[u8]) -> Result<Vec<u8>, Error> {
    let config = track.config.as_slice();
    let damaged = || Error::Damaged("the sound does not say how it is compressed");
    let (kind, record) = match &track.codec {
        AudioCodec::Aac => (b"mp4a", esds(0x40, config)),
        AudioCodec::Mp3 => (b"mp4a", esds(0x6b, &[])),
        AudioCodec::Opus => (b"Opus", boxed(b"dOps", &[&opus(config).ok_or_else(damaged)?])),
        AudioCodec::Flac => (b"fLaC", full(b"dfLa", 0, 0, &[&flac(config).ok_or_else(damaged)?])),
        AudioCodec::Ac3 if config.is_empty() => (b"ac-3", boxed(b"dac3", &[&ac3(packet).ok_or_else(damaged)?])),
        AudioCodec::Ac3 => (b"ac-3", boxed(b"dac3", &[config])),
        AudioCodec::Eac3 if config.is_empty() => (b"ec-3", boxed(b"dec3", &[&eac3(packet).ok_or_else(damaged)?])),
        AudioCodec::Eac3 => (b"ec-3", boxed(b"dec3", &[config])),
        AudioCodec::Vorbis | AudioCodec::Other(_) => return Err(Error::Unsupported(track.codec_string.clone())),
    };
    // The rate has 16 bits before the point; what does not fit is in the record of the codec.
    let rate = u16::try_from(track.sample_rate).unwrap_or(0);
    let channels = if track.channels == 0 { 2 } else { track.channels };
    let head =
        [&[0; 6][..], &[0, 1], &[0; 8], &channels.to_be_bytes(), &[0, 16, 0, 0, 0, 0], &rate.to_be_bytes(), &[0; 2]];
    Ok(boxed(kind, &[&head.concat(), &record]))
}

/// The elementary stream descriptor (ISO/IEC 14496-1 §7.2.6.5, 14496-14 §3.1.2).
fn esds(object: u8, config: &[u8]) -> Vec<u8> {
    let described = |tag: u8, body: &[u8]| {
        let len = u8::try_from(body.len()).unwrap_or(127).min(127);
        [&[tag, len], body.get(..usize::from(len)).unwrap_or_default()].concat()
    };
    let specific = if config.is_empty() { Vec::new() } else { described(5, config) };
    let decoder = described(4, &[&[object, 0x15][..], &[0; 11], &specific].concat());
    let stream = described(3, &[&[0, 0, 0][..], &decoder, &described(6, &[2])].concat());
    full(b"esds", 0, 0, &[&stream])
}

/// `OpusHead` from little to big endian, with the version of MP4 (Encapsulation of Opus in ISOBMFF §4.3.2).
fn opus(head: &[u8]) -> Option<Vec<u8>> {
    let ([_, channels, skip0, skip1, rate0, rate1, rate2, rate3, gain0, gain1], table) = head.split_first_chunk()?;
    let fixed = [0, *channels, *skip1, *skip0, *rate3, *rate2, *rate1, *rate0, *gain1, *gain0];
    // The mapping of channels: one byte that says it is the usual one, or a table as well.
    (!table.is_empty()).then(|| [&fixed[..], table].concat())
}

/// `STREAMINFO` alone, said to be the last block (Encapsulation of FLAC in ISOBMFF §3.3.2).
fn flac(blocks: &[u8]) -> Option<Vec<u8>> {
    let (info, _) = blocks.split_at_checked(4 + 34)?;
    let (first, rest) = info.split_first()?;
    (first & 0x7f == 0).then(|| [&[0x80], rest].concat())
}

/// `dac3` from the head of a frame (ETSI TS 102 366 §4.3, §F.4).
fn ac3(frame: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(frame.strip_prefix(&[0x0b, 0x77])?);
    bits.bits(16)?;
    let (rate, size, id, mode) = (bits.bits(2)?, bits.bits(6)?, bits.bits(5)?, bits.bits(3)?);
    let channels = bits.bits(3)?;
    if channels & 1 != 0 && channels != 1 {
        bits.bits(2)?;
    }
    if channels & 4 != 0 {
        bits.bits(2)?;
    }
    if channels == 2 {
        bits.bits(2)?;
    }
    let bass = bits.bits(1)?;
    let packed = rate << 22 | id << 17 | mode << 14 | channels << 11 | bass << 10 | (size >> 1) << 5;
    Some(packed.to_be_bytes().into_iter().skip(1).collect())
}

/// `dec3` for one independent stream (ETSI TS 102 366 §E.1.2, §F.6).
fn eac3(frame: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(frame.strip_prefix(&[0x0b, 0x77])?);
    bits.bits(5)?;
    let bytes = (bits.bits(11)? + 1) * 2;
    let rate = bits.bits(2)?;
    let blocks = bits.bits(2)?;
    let (channels, bass, id) = (bits.bits(3)?, bits.bits(1)?, bits.bits(5)?);
    let samples = [256, 512, 768, 1536].get(blocks as usize).copied()?;
    let hertz = [48_000, 44_100, 32_000].get(rate as usize).copied().unwrap_or(48_000);
    let kilobits = (bytes * 8 * (hertz / 100) / samples / 10) & 0x1fff;
    let head = kilobits << 3;
    let stream = rate << 22 | id << 17 | channels << 9 | bass << 8;
    Some(head.to_be_bytes().into_iter().skip(2).chain(stream.to_be_bytes().into_iter().skip(1)).collect())
}
