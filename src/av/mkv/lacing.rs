//! Several frames in one block: how their sizes are written (RFC 9559 §10.3). What a frame is made of is not known here.

use super::ebml;

/// How the sizes of the frames in a block are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lacing {
    /// There is one frame.
    None,
    /// In bytes of which 255 goes on.
    Xiph,
    /// All are equal.
    Fixed,
    /// As numbers of EBML, of which all but the first are differences.
    Ebml,
}

impl Lacing {
    /// From the flags of a block (RFC 9559 §10.1).
    pub(crate) fn of(flags: u8) -> Self {
        match flags & 0x06 {
            0x02 => Self::Xiph,
            0x04 => Self::Fixed,
            0x06 => Self::Ebml,
            _ => Self::None,
        }
    }

    /// The frames in what follows the head of a block; nothing if that makes no sense.
    pub(crate) fn split(self, body: &[u8]) -> Option<Vec<&[u8]>> {
        if self == Self::None {
            return Some(vec![body]);
        }
        let (count, rest) = body.split_first()?;
        let count = usize::from(*count) + 1;
        let (sizes, mut rest) = match self {
            Self::None => (Vec::new(), rest),
            Self::Fixed if rest.len() % count == 0 => (vec![rest.len() / count; count - 1], rest),
            Self::Fixed => return None,
            Self::Xiph => xiph_sizes(rest, count - 1)?,
            Self::Ebml => ebml_sizes(rest, count - 1)?,
        };
        let mut frames = Vec::with_capacity(count);
        for size in sizes {
            let (frame, after) = rest.split_at_checked(size)?;
            frames.push(frame);
            rest = after;
        }
        frames.push(rest);
        Some(frames)
    }
}

/// The sizes of the first `count` frames, and what follows them.
fn xiph_sizes(mut rest: &[u8], count: usize) -> Option<(Vec<usize>, &[u8])> {
    let mut sizes = Vec::with_capacity(count);
    for _ in 0..count {
        let more = rest.iter().position(|byte| *byte != 255)?;
        let (size, after) = rest.split_at_checked(more + 1)?;
        sizes.push(size.iter().map(|byte| usize::from(*byte)).sum());
        rest = after;
    }
    Some((sizes, rest))
}

/// The sizes of the first `count` frames, and what follows them.
fn ebml_sizes(mut rest: &[u8], count: usize) -> Option<(Vec<usize>, &[u8])> {
    let mut sizes = Vec::with_capacity(count);
    let mut size = 0_i64;
    for index in 0..count {
        let (value, len) = match index {
            0 => ebml::number(rest).and_then(|(size, len)| Some((i64::try_from(size).ok()?, len)))?,
            _ => ebml::signed_number(rest)?,
        };
        size = size.checked_add(value)?;
        sizes.push(usize::try_from(size).ok()?);
        rest = rest.get(len..)?;
    }
    Some((sizes, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lens(lacing: Lacing, body: &[u8]) -> Option<Vec<usize>> {
        Some(lacing.split(body)?.into_iter().map(<[u8]>::len).collect())
    }

    /// The example of RFC 9559 §10.3: frames of 800, 500 and 1000 bytes.
    #[test]
    fn frames_of_800_500_and_1000_bytes() {
        let frames = vec![7; 2300];
        let xiph = [vec![2, 255, 255, 255, 35, 255, 245], frames.clone()].concat();
        let ebml = [vec![2, 0x43, 0x20, 0x5E, 0xD3], frames].concat();
        assert_eq!(lens(Lacing::Xiph, &xiph), Some(vec![800, 500, 1000]));
        assert_eq!(lens(Lacing::Ebml, &ebml), Some(vec![800, 500, 1000]));
    }

    #[test]
    fn frames_of_one_size() {
        assert_eq!(Lacing::Fixed.split(&[2, 1, 2, 3, 4, 5, 6]), Some(vec![&[1, 2][..], &[3, 4], &[5, 6]]));
        assert_eq!(Lacing::Fixed.split(&[2, 1, 2, 3, 4]), None);
        assert_eq!(Lacing::None.split(&[2, 1, 2]), Some(vec![&[2, 1, 2][..]]));
    }

    #[test]
    fn sizes_that_make_no_sense_give_nothing() {
        assert_eq!(lens(Lacing::Xiph, &[1, 4, 0, 0]), None, "longer than the block");
        assert_eq!(lens(Lacing::Xiph, &[1, 255, 255]), None, "a size without an end");
        assert_eq!(lens(Lacing::Ebml, &[2, 0x81, 0x80, 0, 0, 0]), None, "a size below nothing");
        assert_eq!(lens(Lacing::Ebml, &[2, 0x81]), None);
        assert_eq!(lens(Lacing::Ebml, &[]), None);
    }

    #[test]
    fn flags_name_the_lacing() {
        let all = [0x80, 0x82, 0x84, 0x86].map(Lacing::of);
        assert_eq!(all, [Lacing::None, Lacing::Xiph, Lacing::Fixed, Lacing::Ebml]);
    }
}
