//! What is shown until a picture has come: its colour, and twelve pixels of it.

use super::Picture;

/// Width and height of a preview in pixels.
const PREVIEW: (u32, u32) = (4, 3);
/// Colours are counted in about this size.
const WITHIN: (u32, u32) = (64, 64);

impl Picture {
    /// Four by three pixels of red, green and blue, row by row, whatever the shape of the picture.
    #[must_use]
    pub fn preview(&self) -> [u8; 36] {
        self.scaled(PREVIEW).rgb.try_into().unwrap_or([0; 36])
    }

    /// The colour one would name: the mean of the most frequent kind of colour, where strong ones count more.
    #[must_use]
    pub fn colour(&self) -> [u8; 3] {
        let small = self.within(WITHIN);
        let mut kinds = [(0_u32, [0_u32; 3]); 512];
        for pixel in small.rgb.as_chunks::<3>().0 {
            let kind = pixel.iter().fold(0, |kind, part| kind << 3 | usize::from(part >> 5));
            let weight = weight(*pixel);
            if let Some((weights, sums)) = kinds.get_mut(kind) {
                *weights += weight;
                for (sum, part) in sums.iter_mut().zip(pixel) {
                    *sum += weight * u32::from(*part);
                }
            }
        }
        let (weights, sums) = kinds.into_iter().max_by_key(|(weights, _)| *weights).unwrap_or_default();
        sums.map(|sum| u8::try_from(sum / weights.max(1)).unwrap_or(u8::MAX))
    }
}

/// A grey pixel counts once, a pure colour four times.
fn weight([red, green, blue]: [u8; 3]) -> u32 {
    let strength = red.max(green).max(blue) - red.min(green).min(blue);
    16 + u32::from(strength) * 48 / 255
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, pixel: impl Fn(u32) -> [u8; 3]) -> Picture {
        let rgb = (0..height).flat_map(|_| (0..width).flat_map(&pixel)).collect();
        Picture::from_rgb(width, height, rgb).unwrap()
    }

    #[test]
    fn a_preview_has_the_colours_where_they_are() {
        let picture = picture(80, 45, |x| if x < 40 { [200, 0, 0] } else { [0, 0, 90] });
        let row = [200, 0, 0, 200, 0, 0, 0, 0, 90, 0, 0, 90];
        assert_eq!(picture.preview().chunks(12).collect::<Vec<_>>(), [row; 3]);
    }

    #[test]
    fn even_the_smallest_picture_has_a_preview() {
        assert_eq!(picture(1, 1, |_| [1, 2, 3]).preview().chunks(3).filter(|pixel| *pixel == [1, 2, 3]).count(), 12);
    }

    #[test]
    fn the_colour_is_one_of_the_picture_and_strong_ones_count_more() {
        // Six parts of grey, four of red: nobody would call it grey, and no mean of both is in it.
        let colour = picture(60, 40, |x| if x % 10 < 6 { [70, 70, 70] } else { [220, 20, 30] }).colour();
        assert_eq!(colour, [220, 20, 30]);
        assert_eq!(picture(60, 40, |_| [10, 11, 12]).colour(), [10, 11, 12]);
    }
}
