//! How good a picture is as a cover: neither black nor white, not flat, not blurred, and rather with colours.

use super::Picture;

/// What is thought of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// From 0 to 1; the higher the better.
    pub score: f32,
    /// Whether it can be taken without looking at another one.
    pub good: bool,
}

/// Pictures are compared in about this size, so that numbers mean the same for all.
const WITHIN: (u32, u32) = (320, 320);
/// Mean brightness below which a picture is black.
const BLACK: f32 = 22.0;
/// And above which it is white.
const WHITE: f32 = 238.0;
/// Deviation of brightness below which there is nothing to see.
const FLAT: f32 = 9.0;
/// Edges (the variance of the Laplacian) below which it is blurred, or in the middle of a fade.
const BLURRED: f32 = 18.0;

impl Picture {
    /// Judges it as a cover.
    #[must_use]
    pub fn judge(&self) -> Judgement {
        let small = self.within(WITHIN);
        let luma = small.luma();
        let (mean, variance) = mean_and_variance(luma.iter().copied());
        let (_, edges) = mean_and_variance(laplacian(&luma, small.width as usize));
        let deviation = variance.sqrt();
        let good = mean > BLACK && mean < WHITE && deviation > FLAT && edges > BLURRED;
        // Every part from 0 to 1. They are multiplied, so that a picture with nothing of one is worth nothing.
        let light = 1.0 - ((mean - 118.0) / 128.0).powi(2);
        let contrast = (deviation / 48.0).min(1.0);
        let sharp = (edges / 150.0).min(1.0).sqrt();
        let score = light.clamp(0.0, 1.0) * contrast * sharp * (0.5 + 0.5 * small.variety());
        Judgement { score, good }
    }

    /// The brightness of its pixels.
    fn luma(&self) -> Vec<f32> {
        let pixels = self.rgb.as_chunks::<3>().0.iter();
        pixels.map(|[r, g, b]| 0.2126 * f32::from(*r) + 0.7152 * f32::from(*g) + 0.0722 * f32::from(*b)).collect()
    }

    /// How many colours there are, from 0 to 1: the entropy of 64 kinds of them.
    fn variety(&self) -> f32 {
        let mut counts = [0_u32; 64];
        let pixels = self.rgb.as_chunks::<3>().0;
        for [r, g, b] in pixels {
            let kind = usize::from(r >> 6) << 4 | usize::from(g >> 6) << 2 | usize::from(b >> 6);
            if let Some(count) = counts.get_mut(kind) {
                *count += 1;
            }
        }
        let parts = counts.iter().filter(|count| **count > 0).map(|count| *count as f32 / pixels.len() as f32);
        parts.map(|part| -part * part.log2()).sum::<f32>() / 6.0
    }
}

fn mean_and_variance(values: impl Iterator<Item = f32>) -> (f32, f32) {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for value in values.map(f64::from) {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    if count == 0.0 {
        return (0.0, 0.0);
    }
    let mean = sum / count;
    (mean as f32, (squares / count - mean * mean).max(0.0) as f32)
}

/// How much every pixel differs from those around it.
fn laplacian(luma: &[f32], width: usize) -> impl Iterator<Item = f32> {
    let rows = luma.chunks_exact(width.max(1));
    let triples = rows.clone().zip(rows.clone().skip(1)).zip(rows.skip(2));
    triples.flat_map(|((above, row), below)| {
        let inner = row.windows(3).zip(above.iter().skip(1)).zip(below.iter().skip(1));
        inner.map(|((row, above), below)| match row {
            [left, middle, right] => 4.0 * middle - left - right - above - below,
            _ => 0.0,
        })
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn picture(pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
        let pixels = (0..180).flat_map(|y| (0..320).map(move |x| (x, y)));
        Picture::from_rgb(320, 180, pixels.flat_map(|(x, y)| pixel(x, y)).collect()).unwrap()
    }

    /// Squares of several colours, like things in a room.
    fn scene() -> Picture {
        picture(|x, y| match (x / 20 + y / 15 * 3) % 5 {
            0 => [200, 40, 40],
            1 => [30, 90, 180],
            2 => [220, 200, 150],
            3 => [40, 50, 45],
            _ => [90, 160, 60],
        })
    }

    #[test]
    fn a_scene_is_good() {
        let judgement = scene().judge();
        assert!(judgement.good && judgement.score > 0.3, "{judgement:?}");
    }

    #[test]
    fn black_white_and_flat_pictures_are_not() {
        let noise = |x: u32, y: u32| u8::try_from((x * 7 + y * 13) % 5).unwrap();
        for flat in [0, 8, 120, 250] {
            let judgement = picture(|x, y| [flat + noise(x, y); 3]).judge();
            assert!(!judgement.good && judgement.score < 0.05, "{flat}: {judgement:?}");
        }
    }

    #[test]
    fn a_blurred_scene_is_not_good_and_worse_than_a_sharp_one() {
        let blurred = scene().within((10, 10)).scaled((320, 180));
        let smooth = picture(|x, y| [u8::try_from(x * 255 / 320).unwrap(), u8::try_from(y).unwrap(), 90]);
        assert!(!smooth.judge().good, "{:?}", smooth.judge());
        assert!(blurred.judge().score < scene().judge().score);
    }

    #[test]
    fn colours_are_worth_something() {
        let grey = scene().luma().iter().flat_map(|luma| [*luma as u8; 3]).collect();
        let grey = Picture::from_rgb(320, 180, grey).unwrap();
        assert!(grey.judge().good);
        assert!(grey.judge().score < scene().judge().score);
    }

    #[test]
    fn the_smallest_picture_is_judged_too() {
        assert!(!Picture::from_rgb(1, 1, vec![128; 3]).unwrap().judge().good);
    }
}
