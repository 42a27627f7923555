//! How far two pictures of one size are from each other, in the eyes of a person: small differences of many pixels, such
//! as those between two ways to enlarge colours, count for little, a wrong colour or another frame for much.
//!
//! Pixels are taken to CIELAB (lightness from 0 to 100 and two axes of colour, in which equal distances look about equal;
//! 1 is hardly seen) and compared in blocks of 8x8:
//!
//! - `colour`: the distance between the mean colours of a block, √(ΔL² + Δa² + Δb²), on average over all blocks;
//! - `worst`: the same of the block where it is largest;
//! - `structure`: 1 - (2σxy + c) / (σx² + σy² + c) of the lightness in a block, with c = 4, on average over all blocks: 0
//!   where light and dark are in the same places, 1 where they have nothing to do with each other, 2 for a negative.

use av::picture::Picture;

/// Pixels of a block, across and down.
const BLOCK: usize = 8;
/// Keeps noise in even areas from counting: the square of a fiftieth of all lightness.
const EVEN: f32 = 4.0;

/// How far two pictures are from each other, see the module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Distance {
    pub(crate) colour: f32,
    pub(crate) worst: f32,
    pub(crate) structure: f32,
}

impl Distance {
    /// Between two pictures; nothing if they have different sizes.
    pub(crate) fn between(one: &Picture, other: &Picture) -> Option<Self> {
        if (one.width(), one.height()) != (other.width(), other.height()) {
            return None;
        }
        let width = one.width() as usize;
        let (one, other) = (Blocks::of(one.rgb(), width), Blocks::of(other.rgb(), width));
        let pairs: Vec<_> = one.0.iter().zip(&other.0).collect();
        let count = pairs.len() as f32;
        let colours = || pairs.iter().map(|(one, other)| distance(mean(one), mean(other)));
        Some(Self {
            colour: colours().sum::<f32>() / count,
            worst: colours().fold(0.0, f32::max),
            structure: pairs.iter().map(|(one, other)| structure(one, other)).sum::<f32>() / count,
        })
    }

    /// Whether no part is larger than that of `bound`.
    pub(crate) fn is_within(self, bound: Self) -> bool {
        self.colour <= bound.colour && self.worst <= bound.worst && self.structure <= bound.structure
    }
}

/// The pixels of each block, in CIELAB.
struct Blocks(Vec<Vec<[f32; 3]>>);

impl Blocks {
    fn of(rgb: &[u8], width: usize) -> Self {
        let across = width.div_ceil(BLOCK);
        let pixels = rgb.as_chunks::<3>().0;
        let mut blocks = vec![Vec::with_capacity(BLOCK * BLOCK); across * (pixels.len() / width).div_ceil(BLOCK)];
        for (index, pixel) in pixels.iter().enumerate() {
            let (x, y) = (index % width, index / width);
            if let Some(block) = blocks.get_mut(y / BLOCK * across + x / BLOCK) {
                block.push(lab(*pixel));
            }
        }
        Self(blocks)
    }
}

fn lab(rgb: [u8; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|byte| {
        // IEC 61966-2-1.
        let value = f32::from(byte) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    // ISO/CIE 11664-4, for the white of a screen (D65).
    let curve = |value: f32| if value > 216.0 / 24389.0 { value.cbrt() } else { value * 841.0 / 108.0 + 4.0 / 29.0 };
    let x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    let y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn mean(block: &[[f32; 3]]) -> [f32; 3] {
    let sum = block.iter().fold([0.0; 3], |[l, a, b], pixel| [l + pixel[0], a + pixel[1], b + pixel[2]]);
    sum.map(|sum| sum / block.len() as f32)
}

fn distance(one: [f32; 3], other: [f32; 3]) -> f32 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f32>().sqrt()
}

fn structure(one: &[[f32; 3]], other: &[[f32; 3]]) -> f32 {
    let ([x, ..], [y, ..]) = (mean(one), mean(other));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for ([one, ..], [other, ..]) in one.iter().zip(other) {
        xx += (one - x).powi(2);
        yy += (other - y).powi(2);
        xy += (one - x) * (other - y);
    }
    let even = EVEN * one.len() as f32;
    1.0 - (2.0 * xy + even) / (xx + yy + even)
}
