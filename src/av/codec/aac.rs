//! What an `AudioSpecificConfig` says of sound (ISO/IEC 14496-3 §1.6.2.1).

use crate::bits::Bits;

/// What is to be known of a track of AAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aac {
    /// The audio object type: 2 plain (LC), 5 with spectral band replication, 29 with parametric stereo, too.
    pub object_type: u32,
    /// Samples a second as heard; 0 when the config does not say.
    pub sample_rate: u32,
    /// Channels as heard; 0 when the config does not say.
    pub channels: u16,
}

/// Rates by their index, §1.6.3.4.
const RATES: [u32; 13] = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/// Reads the config of AAC, and of other sound of MPEG-4.
#[must_use]
pub fn parse(config: &[u8]) -> Option<Aac> {
    let mut bits = Bits::new(config);
    let mut object_type = object(&mut bits)?;
    let mut sample_rate = rate(&mut bits)?;
    let mut channels = match bits.bits(4)? {
        count @ 1..=6 => count as u16,
        11 => 7,
        7 | 12 | 14 => 8,
        13 => 24,
        _ => 0,
    };
    if object_type == 5 || object_type == 29 {
        sample_rate = rate(&mut bits)?;
    } else if let Some((extended, higher)) = extension(bits) {
        (object_type, sample_rate) = (extended, higher);
    }
    if object_type == 29 && channels == 1 {
        channels = 2;
    }
    Some(Aac { object_type, sample_rate, channels })
}

/// The string of AAC for browsers; plain AAC when the config is not understood.
#[must_use]
pub fn string(config: &[u8]) -> String {
    let object_type = parse(config).map_or(2, |aac| aac.object_type);
    format!("mp4a.40.{object_type}")
}

fn object(bits: &mut Bits<'_>) -> Option<u32> {
    match bits.bits(5)? {
        31 => Some(32 + bits.bits(6)?),
        small => Some(small),
    }
}

fn rate(bits: &mut Bits<'_>) -> Option<u32> {
    match bits.bits(4)? {
        15 => bits.bits(24),
        index => Some(RATES.get(index as usize).copied().unwrap_or(0)),
    }
}

/// The object type and rate that a config says at its end, where old decoders do not look. What is before it depends on
/// much else, so the word it begins with is looked for.
fn extension(mut bits: Bits<'_>) -> Option<(u32, u32)> {
    while bits.left() > 15 {
        let mut here = bits.clone();
        if here.bits(11) == Some(0x2b7) {
            let found = object(&mut here)?;
            if found != 5 || !here.flag()? {
                return None;
            }
            let rate = rate(&mut here)?;
            let stereo = here.left() >= 12 && here.bits(11) == Some(0x548) && here.flag() == Some(true);
            return Some((if stereo { 29 } else { 5 }, rate));
        }
        bits.skip(1)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_extended_sound_are_told_apart() {
        assert_eq!(parse(&[0x12, 0x10]), Some(Aac { object_type: 2, sample_rate: 44100, channels: 2 }));
        assert_eq!(parse(&[0x11, 0xb0]), Some(Aac { object_type: 2, sample_rate: 48000, channels: 6 }));
        assert_eq!(parse(&[0x2b, 0x92, 0x08, 0x00]), Some(Aac { object_type: 5, sample_rate: 44100, channels: 2 }));
        assert_eq!(parse(&[0xeb, 0x8a, 0x08, 0x00]), Some(Aac { object_type: 29, sample_rate: 44100, channels: 2 }));
        assert_eq!(
            parse(&[0x13, 0x90, 0x56, 0xe5, 0xa0]),
            Some(Aac { object_type: 5, sample_rate: 44100, channels: 2 })
        );
        assert_eq!(string(&[0x12, 0x10]), "mp4a.40.2");
        assert_eq!(string(&[0x2b, 0x92, 0x08, 0x00]), "mp4a.40.5");
    }

    #[test]
    fn a_config_that_ends_early_says_nothing() {
        assert_eq!(parse(&[0x12]), None);
        assert_eq!(string(&[]), "mp4a.40.2");
    }
}
