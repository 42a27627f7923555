//! Pictures as people see them: red, green and blue, square pixels, the right way up, and small.

mod colour;
mod jpeg;
mod judge;
mod light;
mod preview;
mod scale;
mod sheet;

pub use jpeg::Jpeg;
pub use judge::Judgement;

use crate::decode::{Frame, Pixels, Plane, Row};
use crate::info::{Rotation, VideoTrack};
use colour::Conversion;
use scale::Scaled;

/// A picture in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    /// `rgb` is three bytes a pixel, row by row without a gap; nothing if it has another size, or none.
    #[must_use]
    pub fn from_rgb(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let bytes = u64::from(width).checked_mul(u64::from(height))?.checked_mul(3)?;
        (bytes > 0 && rgb.len() as u64 == bytes).then_some(Self { width, height, rgb })
    }

    /// A frame as it is shown, no larger than `within` (width and height) and never larger than it is.
    #[must_use]
    pub fn of(frame: &Frame, track: &VideoTrack, within: (u32, u32)) -> Self {
        let lines = if frame.field { frame.height.saturating_mul(2) } else { frame.height };
        let (width, height) = fit(track.display_size_of(frame.width, lines), within);
        let (width, height) = match track.rotation {
            Rotation::None | Rotation::Half => (width, height),
            Rotation::Right | Rotation::Left => (height, width),
        };
        let rgb = match &frame.pixels {
            Pixels::Rgb(rgb) => packed(rgb, (frame.width, frame.height), (width, height)),
            Pixels::Planes { depth, luma, chroma } => {
                // ISO/IEC 14496-12 §12.1.5: what the container says goes before what the stream says.
                let conversion = Conversion::new(track.colour.or(frame.colour), *depth, lines);
                let grey = Conversion::grey(*depth);
                planar(luma, chroma.as_ref(), grey, &conversion, (width, height))
            }
        };
        Self { width, height, rgb }.turned(track.rotation)
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Its pixels, three bytes each, row by row.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The same, no larger than `within`.
    #[must_use]
    pub fn within(&self, within: (u32, u32)) -> Self {
        match fit((self.width, self.height), within) {
            size if size == (self.width, self.height) => self.clone(),
            size => self.scaled(size),
        }
    }

    /// The same in exactly this size.
    fn scaled(&self, (width, height): (u32, u32)) -> Self {
        Self { width, height, rgb: packed(&self.rgb, (self.width, self.height), (width, height)) }
    }

    /// Turned clockwise.
    fn turned(self, rotation: Rotation) -> Self {
        let Self { width, height, rgb } = self;
        let pixels = rgb.as_chunks::<3>().0;
        let columns = |across: usize| pixels.iter().skip(across).step_by(width as usize).copied();
        let (size, pixels): (_, Vec<[u8; 3]>) = match rotation {
            Rotation::None => return Self { width, height, rgb },
            Rotation::Half => ((width, height), pixels.iter().rev().copied().collect()),
            Rotation::Right => {
                let columns = (0..width as usize).flat_map(|across| columns(across).rev());
                ((height, width), columns.collect())
            }
            Rotation::Left => ((height, width), (0..width as usize).rev().flat_map(columns).collect()),
        };
        Self { width: size.0, height: size.1, rgb: pixels.into_flattened() }
    }
}

/// The largest size of this shape within the other, and not larger than it is.
fn fit((width, height): (u32, u32), within: (u32, u32)) -> (u32, u32) {
    let (width, height) = (width.max(1), height.max(1));
    let part = |side: u32, of: u32, to: u32| {
        let exact = (u64::from(side) * u64::from(to) + u64::from(of) / 2) / u64::from(of);
        u32::try_from(exact).unwrap_or(u32::MAX).max(1)
    };
    let (across, down) = (within.0.max(1), within.1.max(1));
    if width <= across && height <= down {
        (width, height)
    } else if u64::from(width) * u64::from(down) >= u64::from(height) * u64::from(across) {
        (across, part(height, width, across))
    } else {
        (part(width, height, down), down)
    }
}

fn planar(
    luma: &Plane,
    chroma: Option<&[Plane; 2]>,
    grey: f32,
    conversion: &Conversion,
    (width, height): (u32, u32),
) -> Vec<u8> {
    let (width, height) = (width as usize, height as usize);
    let mut luma = scaled(luma, (width, height));
    let mut chroma = chroma.map(|planes| planes.each_ref().map(|plane| scaled(plane, (width, height))));
    let [mut y, mut blue, mut red] = [0.0, grey, grey].map(|value| vec![value; width]);
    let mut rgb = vec![0; width * height * 3];
    for (number, row) in rgb.chunks_exact_mut(width * 3).enumerate() {
        luma.row(number, &mut y);
        if let Some([cb, cr]) = &mut chroma {
            cb.row(number, &mut blue);
            cr.row(number, &mut red);
        }
        conversion.row([&y, &blue, &red], row);
    }
    rgb
}

fn scaled<'a>(plane: &'a Plane, size: (usize, usize)) -> Scaled<impl Fn(usize) -> Row<'a>> {
    Scaled::new(|y| plane.row(y), 1, (plane.width, plane.height), size)
}

/// Red, green and blue in another size.
fn packed(rgb: &[u8], (from_width, from_height): (u32, u32), (width, height): (u32, u32)) -> Vec<u8> {
    let (row_bytes, width, height) = (from_width as usize * 3, width as usize, height as usize);
    let row = |y: usize| {
        let rest = rgb.get(y * row_bytes..).unwrap_or_default();
        Row::Bytes(rest.get(..row_bytes).unwrap_or(rest))
    };
    let mut scaled = Scaled::new(row, 3, (from_width as usize, from_height as usize), (width, height));
    let mut means = vec![0.0; width * 3];
    let mut smaller = vec![0; width * height * 3];
    for (number, row) in smaller.chunks_exact_mut(width * 3).enumerate() {
        scaled.row(number, &mut means);
        for (byte, mean) in row.iter_mut().zip(&means) {
            *byte = colour::byte(*mean);
        }
    }
    smaller
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_their_shape_and_never_grow() {
        assert_eq!(fit((1920, 1080), (320, 640)), (320, 180));
        assert_eq!(fit((1080, 1920), (1280, 1280)), (720, 1280));
        assert_eq!(fit((100, 50), (320, 640)), (100, 50));
        assert_eq!(fit((4000, 1), (320, 320)), (320, 1));
        assert_eq!(fit((u32::MAX, 1080), (320, 640)), (320, 1));
        assert_eq!(fit((0, 0), (320, 640)), (1, 1));
    }

    #[test]
    fn only_whole_pictures_are_pictures() {
        assert!(Picture::from_rgb(2, 2, vec![0; 12]).is_some());
        assert!(Picture::from_rgb(2, 2, vec![0; 11]).is_none());
        assert!(Picture::from_rgb(0, 2, vec![]).is_none());
        assert!(Picture::from_rgb(u32::MAX, u32::MAX, vec![]).is_none());
    }

    #[test]
    fn pictures_turn_clockwise() {
        // a b c
        // d e f
        let picture = || Picture::from_rgb(3, 2, b"abcdef".iter().flat_map(|byte| [*byte; 3]).collect()).unwrap();
        let turned = |rotation| {
            let Picture { width, height, rgb } = picture().turned(rotation);
            (width, height, rgb.iter().step_by(3).map(|byte| char::from(*byte)).collect::<String>())
        };
        assert_eq!(turned(Rotation::None), (3, 2, "abcdef".to_owned()));
        assert_eq!(turned(Rotation::Right), (2, 3, "daebfc".to_owned()));
        assert_eq!(turned(Rotation::Half), (3, 2, "fedcba".to_owned()));
        assert_eq!(turned(Rotation::Left), (2, 3, "cfbead".to_owned()));
    }

    #[test]
    fn smaller_pictures_are_means() {
        let picture = Picture::from_rgb(2, 1, vec![0, 10, 20, 100, 30, 40]).unwrap();
        assert_eq!(picture.within((1, 1)).rgb(), [50, 20, 30]);
        assert_eq!(picture.within((9, 9)), picture);
    }
}
