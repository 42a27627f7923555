//! From Y, Cb and Cr to red, green and blue (ITU-T H.273 §8.3), as a browser shows them.

use super::light::Light;
use crate::info::Colour;

/// How samples of a frame become red, green and blue.
pub(super) struct Conversion {
    /// Three rows of factors for Y, Cb and Cr, and what is added.
    red: [f32; 4],
    green: [f32; 4],
    blue: [f32; 4],
    /// What is left to do where the outcome is not what screens take.
    light: Option<Light>,
}

impl Conversion {
    /// `colour` is what is known of a frame of `depth` bits and `height` pixels.
    pub(super) fn new(colour: Colour, depth: u8, height: u32) -> Self {
        let steps = f32::from(1_u16 << (depth.clamp(8, 15) - 8));
        let whole = 256.0 * steps - 1.0;
        let (black, luma_range, chroma_range) = match colour.full_range.unwrap_or(false) {
            true => (0.0, whole, whole),
            false => (16.0 * steps, 219.0 * steps, 224.0 * steps),
        };
        let grey = 128.0 * steps;
        // A row: the weights of Y, Cb and Cr, all from 0 to 1 or -½ to ½, for an outcome from 0 to 255.
        let row = |[y, cb, cr]: [f32; 3]| {
            let (y, cb, cr) = (y * 255.0 / luma_range, cb * 255.0 / chroma_range, cr * 255.0 / chroma_range);
            [y, cb, cr, -(y * black + (cb + cr) * grey)]
        };
        let matrix = matrix(colour, height);
        let [red, green, blue] = match matrix {
            Matrix::Rgb => {
                // All three planes have the range of brightness: green, blue, red.
                let factor = 255.0 / luma_range;
                let add = -black * factor;
                [[0.0, 0.0, factor, add], [factor, 0.0, 0.0, add], [0.0, factor, 0.0, add]]
            }
            Matrix::YCgCo => [row([1.0, -1.0, 1.0]), row([1.0, 1.0, 0.0]), row([1.0, -1.0, -1.0])],
            Matrix::Weights { red, blue } => {
                let green = 1.0 - red - blue;
                let (by_red, by_blue) = (2.0 * (1.0 - red), 2.0 * (1.0 - blue));
                [
                    row([1.0, 0.0, by_red]),
                    row([1.0, -by_blue * blue / green, -by_red * red / green]),
                    row([1.0, by_blue, 0.0]),
                ]
            }
        };
        Self { red, green, blue, light: Light::of(colour) }
    }

    /// Turns a row of Y, Cb and Cr into bytes of red, green and blue.
    pub(super) fn row(&self, [luma, blue, red]: [&[f32]; 3], rgb: &mut [u8]) {
        let pixels = luma.iter().zip(blue).zip(red).zip(rgb.as_chunks_mut::<3>().0);
        let mix =
            |[by_y, by_cb, by_cr, add]: [f32; 4], y: f32, cb: f32, cr: f32| by_y * y + by_cb * cb + by_cr * cr + add;
        match &self.light {
            None => {
                for (((y, cb), cr), pixel) in pixels {
                    *pixel = [self.red, self.green, self.blue].map(|row| byte(mix(row, *y, *cb, *cr)));
                }
            }
            Some(light) => {
                for (((y, cb), cr), pixel) in pixels {
                    *pixel = light.shown([self.red, self.green, self.blue].map(|row| mix(row, *y, *cb, *cr)));
                }
            }
        }
    }

    /// What Cb and Cr are in a frame without colour.
    pub(super) fn grey(depth: u8) -> f32 {
        f32::from(128_u16 << (depth.clamp(8, 15) - 8))
    }
}

/// The nearest byte.
pub(super) fn byte(value: f32) -> u8 {
    // Beyond 2²³ a float has no fraction: adding that much rounds, and leaves the number in the lowest bits. It is four
    // times as quick as a conversion that minds every float there is.
    const WHOLE: f32 = 8_388_608.0;
    (value.clamp(0.0, 255.0) + WHOLE).to_bits().to_le_bytes()[0]
}

enum Matrix {
    Rgb,
    YCgCo,
    Weights { red: f32, blue: f32 },
}

/// What the matrix code says (H.273 table 4); where it says nothing, the primaries; where they do not either, what
/// browsers take: BT.709 for 720 lines and more, BT.601 for less.
fn matrix(colour: Colour, height: u32) -> Matrix {
    const BT601: Matrix = Matrix::Weights { red: 0.299, blue: 0.114 };
    const BT709: Matrix = Matrix::Weights { red: 0.2126, blue: 0.0722 };
    const BT2020: Matrix = Matrix::Weights { red: 0.2627, blue: 0.0593 };
    match (colour.matrix, colour.primaries) {
        (0, _) => Matrix::Rgb,
        (1, _) => BT709,
        (4, _) => Matrix::Weights { red: 0.30, blue: 0.11 },
        (5 | 6, _) => BT601,
        (7, _) => Matrix::Weights { red: 0.212, blue: 0.087 },
        (8, _) => Matrix::YCgCo,
        (9 | 10, _) | (_, 9) => BT2020,
        (_, 1) => BT709,
        (_, 5 | 6) => BT601,
        _ if height >= 720 => BT709,
        _ => BT601,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(colour: Colour, depth: u8, height: u32, [y, cb, cr]: [f32; 3]) -> [u8; 3] {
        let mut rgb = [0; 3];
        Conversion::new(colour, depth, height).row([&[y], &[cb], &[cr]], &mut rgb);
        rgb
    }

    fn of(matrix: u8, full_range: bool) -> Colour {
        Colour { matrix, full_range: Some(full_range), ..Colour::UNSPECIFIED }
    }

    /// Within one of each other: samples are whole numbers, so that a primary is never met exactly.
    #[track_caller]
    fn near(is: [u8; 3], should: [u8; 3]) {
        assert!(is.iter().zip(should).all(|(is, should)| is.abs_diff(should) <= 1), "{is:?} is not {should:?}");
    }

    #[test]
    fn primaries_of_bt_601_come_back() {
        near(rgb(of(6, false), 8, 0, [81.0, 90.0, 240.0]), [255, 0, 0]);
        near(rgb(of(5, false), 8, 0, [145.0, 54.0, 34.0]), [0, 255, 0]);
        near(rgb(of(6, false), 8, 0, [41.0, 240.0, 110.0]), [0, 0, 255]);
        near(rgb(of(6, true), 8, 0, [76.0, 85.0, 255.0]), [254, 0, 0]);
    }

    #[test]
    fn primaries_of_bt_709_come_back() {
        near(rgb(of(1, false), 8, 0, [63.0, 102.0, 240.0]), [255, 1, 0]);
        near(rgb(of(1, false), 8, 0, [173.0, 42.0, 26.0]), [0, 255, 1]);
        near(rgb(of(1, false), 8, 0, [32.0, 240.0, 118.0]), [1, 0, 255]);
        near(rgb(of(1, true), 8, 0, [54.0, 99.0, 255.0]), [254, 0, 0]);
    }

    #[test]
    fn primaries_of_bt_2020_come_back_in_ten_bits() {
        near(rgb(of(9, false), 10, 0, [294.0, 387.0, 960.0]), [255, 0, 0]);
        near(rgb(of(9, false), 10, 0, [116.0, 960.0, 475.0]), [0, 0, 255]);
    }

    #[test]
    fn black_and_white_are_at_the_ends_of_the_range() {
        for (depth, factor) in [(8, 1.0), (10, 4.0), (12, 16.0)] {
            let grey = 128.0 * factor;
            assert_eq!(rgb(of(1, false), depth, 0, [16.0 * factor, grey, grey]), [0; 3]);
            assert_eq!(rgb(of(1, false), depth, 0, [235.0 * factor, grey, grey]), [255; 3]);
            assert_eq!(rgb(of(1, true), depth, 0, [0.0, grey, grey]), [0; 3]);
            assert_eq!(rgb(of(1, true), depth, 0, [256.0 * factor - 1.0, grey, grey]), [255; 3]);
        }
    }

    #[test]
    fn planes_may_be_red_green_and_blue_themselves() {
        assert_eq!(rgb(of(0, true), 8, 0, [10.0, 20.0, 30.0]), [30, 10, 20]);
        assert_eq!(rgb(of(8, true), 8, 0, [100.0, 128.0, 128.0]), [100; 3]);
        assert_eq!(rgb(of(8, true), 8, 0, [100.0, 138.0, 148.0]), [110, 110, 70]);
    }

    #[test]
    fn what_nothing_is_known_of_is_taken_as_browsers_take_it() {
        let sample = [81.0, 90.0, 240.0];
        assert_eq!(rgb(Colour::UNSPECIFIED, 8, 576, sample), rgb(of(6, false), 8, 0, sample));
        assert_eq!(rgb(Colour::UNSPECIFIED, 8, 720, sample), rgb(of(1, false), 8, 0, sample));
    }

    #[test]
    fn a_byte_is_the_nearest_one() {
        for (value, nearest) in [(-3.0, 0), (0.4, 0), (0.6, 1), (127.51, 128), (254.6, 255), (1e9, 255)] {
            assert_eq!(byte(value), nearest, "{value}");
        }
    }
}
