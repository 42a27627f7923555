//! Many small pictures on one sheet.

use super::Picture;

impl Picture {
    /// Tiles row by row, so many in a row, all as large as the first. What is left of the last row is black. Nothing
    /// without a tile.
    #[must_use]
    pub fn sheet(tiles: &[Self], columns: usize) -> Option<Self> {
        let first = tiles.first()?;
        let (tile_width, tile_height) = (first.width, first.height);
        let columns = columns.clamp(1, tiles.len());
        let (tile_bytes, row_bytes) = (tile_width as usize * 3, columns * tile_width as usize * 3);
        let rows = tiles.len().div_ceil(columns);
        let mut rgb = vec![0; rows * tile_height as usize * row_bytes];
        for (tiles, band) in tiles.chunks(columns).zip(rgb.chunks_exact_mut(tile_height as usize * row_bytes)) {
            for (column, tile) in tiles.iter().enumerate() {
                let resized = (tile.width, tile.height) != (tile_width, tile_height);
                let resized = resized.then(|| tile.scaled((tile_width, tile_height)));
                let source = resized.as_ref().unwrap_or(tile).rgb.chunks_exact(tile_bytes);
                for (row, source) in band.chunks_exact_mut(row_bytes).zip(source) {
                    if let Some(place) = row.chunks_exact_mut(tile_bytes).nth(column) {
                        place.copy_from_slice(source);
                    }
                }
            }
        }
        let width = u32::try_from(row_bytes / 3).ok()?;
        let height = u32::try_from(rows * tile_height as usize).ok()?;
        Self::from_rgb(width, height, rgb)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn tile(width: u32, height: u32, value: u8) -> Picture {
        Picture::from_rgb(width, height, vec![value; (width * height * 3) as usize]).unwrap()
    }

    #[test]
    fn tiles_go_row_by_row_and_take_the_size_of_the_first() {
        let sheet = Picture::sheet(&[tile(2, 1, 1), tile(2, 1, 2), tile(4, 2, 3)], 2).unwrap();
        assert_eq!((sheet.width(), sheet.height()), (4, 2));
        let grey: Vec<u8> = sheet.rgb().iter().step_by(3).copied().collect();
        assert_eq!(grey, [1, 1, 2, 2, 3, 3, 0, 0]);
    }

    #[test]
    fn a_row_is_no_wider_than_its_tiles() {
        let sheet = Picture::sheet(&[tile(2, 1, 1)], 10).unwrap();
        assert_eq!((sheet.width(), sheet.height()), (2, 1));
        assert_eq!(Picture::sheet(&[], 10), None);
    }
}
