//! The shape of a pixel in the smallest numbers there are for it.

/// Width to height; nothing where one of them is 0, or too large for its type even so.
pub(crate) fn reduced(across: u64, down: u64) -> Option<(u32, u32)> {
    let (mut divisor, mut rest) = (across, down);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    let side = |side: u64| u32::try_from(side.checked_div(divisor)?).ok().filter(|side| *side > 0);
    Some((side(across)?, side(down)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_numbers() {
        assert_eq!(reduced(1920 * 1080, 1080 * 1440), Some((4, 3)));
        assert_eq!(reduced(7, 7), Some((1, 1)));
        assert_eq!(reduced(0, 7), None);
        assert_eq!(reduced(0, 0), None);
        assert_eq!(reduced(u64::MAX, 2), None);
    }
}
