//! One decoded frame as its decoder left it: planes of samples, never copied, whatever the decoder keeps them in.

use crate::Error;
use crate::info::Colour;

/// The longest side of a frame that is decoded, in pixels.
pub const MAX_SIDE: u32 = 8192;
/// The most pixels of a frame that is decoded: 8K film has 33 million.
pub const MAX_PIXELS: u64 = 40_000_000;

/// One decoded frame.
pub struct Frame {
    /// Width in pixels, without what is cropped.
    pub width: u32,
    /// Height in pixels; of a single field its own lines only.
    pub height: u32,
    /// Whether this is one field of an interlaced frame, so that its lines stand for two each.
    pub field: bool,
    /// What the stream says about colours.
    pub colour: Colour,
    /// The short name of the decoder, such as `rust_h264`.
    pub decoder: &'static str,
    /// The samples.
    pub pixels: Pixels,
}

/// The samples of a frame.
pub enum Pixels {
    /// Brightness and, unless the frame is grey, two planes of colour: Y, Cb, Cr, or what the matrix makes of them.
    Planes {
        /// Bits of a sample: 8 to 12.
        depth: u8,
        /// Y.
        luma: Plane,
        /// Cb and Cr.
        chroma: Option<[Plane; 2]>,
    },
    /// Red, green and blue, three bytes a pixel, row by row without a gap.
    Rgb(Vec<u8>),
}

/// One plane of samples.
pub struct Plane {
    /// Samples of a row that count.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples from the beginning of one row to the next.
    pub stride: usize,
    /// The samples, row by row.
    pub samples: Samples,
}

/// Where samples are kept.
pub enum Samples {
    /// A byte each.
    Bytes(Box<dyn AsRef<[u8]>>),
    /// Two bytes each, the lower one first.
    Pairs(Box<dyn AsRef<[u8]>>),
    /// Whole numbers.
    Words(Vec<u16>),
}

/// One row of samples.
#[derive(Clone, Copy)]
pub enum Row<'a> {
    /// A byte each.
    Bytes(&'a [u8]),
    /// Two bytes each, the lower one first.
    Pairs(&'a [u8]),
    /// Whole numbers.
    Words(&'a [u16]),
}

impl Plane {
    /// The row `y`; shorter than it should be, or empty, where a decoder left too little.
    #[must_use]
    pub fn row(&self, y: usize) -> Row<'_> {
        fn cut<T>(samples: &[T], from: usize, len: usize) -> &[T] {
            let rest = samples.get(from..).unwrap_or_default();
            rest.get(..len).unwrap_or(rest)
        }
        let start = y.saturating_mul(self.stride);
        match &self.samples {
            Samples::Bytes(bytes) => Row::Bytes(cut((**bytes).as_ref(), start, self.width)),
            Samples::Pairs(bytes) => Row::Pairs(cut((**bytes).as_ref(), start.saturating_mul(2), self.width * 2)),
            Samples::Words(words) => Row::Words(cut(words, start, self.width)),
        }
    }
}

/// How many samples of colour there are for those of brightness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chroma {
    /// A quarter: half of the columns, half of the rows.
    Quarter,
    /// Half of the columns.
    Half,
    /// As many.
    Full,
}

impl Chroma {
    /// Width and height of a plane of colour for a frame of this size.
    #[must_use]
    pub fn size(self, width: u32, height: u32) -> (usize, usize) {
        let (width, height) = match self {
            Self::Quarter => (width.div_ceil(2), height.div_ceil(2)),
            Self::Half => (width.div_ceil(2), height),
            Self::Full => (width, height),
        };
        (width as usize, height as usize)
    }
}

/// Refuses what would take more memory than a picture is worth. To be asked before anything is decoded.
///
/// # Errors
/// [`Error::TooLarge`], and [`Error::Damaged`] for a frame without a pixel.
pub fn check_size(width: u32, height: u32) -> Result<(), Error> {
    if width == 0 || height == 0 {
        return Err(Error::Damaged("its frames have no pixels"));
    }
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::TooLarge("its frames are larger than 8K"));
    }
    Ok(())
}
