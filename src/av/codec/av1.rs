//! What `av1C` says of AV1 (AV1 Codec ISO Media File Format Binding §2.3 and §5).

use crate::bits::Bits;

/// The string for browsers, such as `av01.0.04M.08`.
#[must_use]
pub fn string(config: &[u8]) -> Option<String> {
    let mut bits = Bits::new(config);
    bits.skip(8)?;
    let profile = bits.bits(3)?;
    let level = bits.bits(5)?;
    let tier = if bits.flag()? { 'H' } else { 'M' };
    let depth = match (bits.flag()?, bits.flag()?) {
        (true, true) if profile == 2 => 12,
        (true, _) => 10,
        (false, _) => 8,
    };
    Some(format!("av01.{profile}.{level:02}{tier}.{depth:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_level_tier_and_depth_are_said() {
        assert_eq!(string(&[0x81, 0x04, 0x0c, 0x00]).as_deref(), Some("av01.0.04M.08"));
        assert_eq!(string(&[0x81, 0x0d, 0xcc, 0x00]).as_deref(), Some("av01.0.13H.10"));
        assert_eq!(string(&[0x81, 0x48, 0x60, 0x00]).as_deref(), Some("av01.2.08M.12"));
        assert_eq!(string(&[0x81]), None);
    }
}
