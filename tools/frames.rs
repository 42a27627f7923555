//! Records as they are stored, one after the other in a file: for each its length (u32le), then its frame. What else is
//! in the file, and whether a frame is whole, is for others to say.

use anyhow::bail;
use events::wire::LIMIT_BYTES;
use std::io::{Read, Write};

/// Writes `frame` behind those before it.
pub(crate) fn write(file: &mut impl Write, frame: &[u8]) -> anyhow::Result<()> {
    file.write_all(&u32::try_from(frame.len())?.to_le_bytes())?;
    Ok(file.write_all(frame)?)
}

/// Reads the next one into `frame`, in place of what is there.
///
/// # Errors
/// The file ends before it does, it is longer than any can be, or what the disk says.
pub(crate) fn read(file: &mut impl Read, frame: &mut Vec<u8>) -> anyhow::Result<()> {
    let mut length = [0; 4];
    file.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LIMIT_BYTES {
        bail!("a record in it would have {length} bytes; none has more than {LIMIT_BYTES}");
    }
    frame.resize(length, 0);
    Ok(file.read_exact(frame)?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again_and_half_a_frame_is_none() {
        let largest = vec![7; LIMIT_BYTES];
        let frames = [&b"one"[..], b"", &largest];
        let mut file = Vec::new();
        frames.iter().for_each(|frame| write(&mut file, frame).unwrap());
        let (mut rest, mut frame) = (&file[..], Vec::new());
        for expected in frames {
            read(&mut rest, &mut frame).unwrap();
            assert_eq!(frame, expected);
        }
        assert!(read(&mut rest, &mut frame).is_err(), "there is no other");
        for cut in 0..7 {
            assert!(read(&mut file.get(..cut).unwrap(), &mut frame).is_err(), "cut to {cut}");
        }
        let longer = [&65_537_u32.to_le_bytes()[..], &largest, b"7"].concat();
        assert!(read(&mut &longer[..], &mut frame).unwrap_err().to_string().contains("none has more than 65536"));
    }
}
