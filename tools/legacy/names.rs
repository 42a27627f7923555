//! What the old program called a video, or an image: its path below the one folder it knew.
//!
//! It took any text for a name, so its records are checked here before they come anywhere near a path.

use events::container;
use events::values::MediaPath;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// The file name in `bytes`.
///
/// # Errors
/// Why it cannot be the name of a video in a library folder, as a sentence for the report.
pub(super) fn parse(bytes: &[u8]) -> Result<MediaPath, &'static str> {
    let path = path(bytes)?;
    if container::by_extension(&path.extension()).is_none() {
        return Err("this is not the name of a video file");
    }
    Ok(path)
}

/// The file name of an image in `bytes`.
///
/// # Errors
/// Why it cannot be one.
pub(super) fn parse_image(bytes: &[u8]) -> Result<MediaPath, &'static str> {
    let path = path(bytes)?;
    if container::image_type(&path.extension()).is_none() {
        return Err("this is not the name of an image file");
    }
    Ok(path)
}

fn path(bytes: &[u8]) -> Result<MediaPath, &'static str> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("the name is empty");
    }
    if is_windows_path(bytes) {
        return Err("the name leads out of the library folder");
    }
    MediaPath::new(OsString::from_vec(bytes.to_vec()))
        .map_err(|_| "the name leads out of the library folder, or is too long")
}

/// A backslash is a letter like any other here, but `C:\x.mp4` and `..\x.mp4` were never plain names.
fn is_windows_path(bytes: &[u8]) -> bool {
    let drive = matches!(bytes, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let share = bytes.starts_with(b"\\");
    drive || share || bytes.split(|byte| *byte == b'\\').any(|part| part == b"..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_videos_are_taken_byte_for_byte() {
        let taken: [&[u8]; 7] = [
            b"a.mp4",
            b"sub/b.MKV",
            b" spaced .webm",
            b"it's #1?.mp4",
            b"caf\xE9.mp4",
            "é–’.mp4".as_bytes(),
            b"a\\b.mp4",
        ];
        for name in taken {
            let path = parse(name).map(|path| path.as_path().as_os_str().as_encoded_bytes().to_vec());
            assert_eq!(path.as_deref(), Ok(name));
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let refused: [&[u8]; 12] = [
            b"",
            b"  ",
            b"../x.mp4",
            b"a/../../x.mp4",
            b"/etc/x.mp4",
            b"./x.mp4",
            b"a//x.mp4",
            b"C:\\v\\x.mp4",
            b"c:/x.mp4",
            b"\\\\host\\x.mp4",
            b"..\\x.mp4",
            b"x\0.mp4",
        ];
        for name in refused {
            assert!(parse(name).is_err(), "{}", String::from_utf8_lossy(name));
        }
        assert!(parse(format!("{}.mp4", "x".repeat(5000)).as_bytes()).is_err());
    }

    #[test]
    fn names_of_other_files_are_refused() {
        for name in ["main.py", "favorites", "x.mp4.json", "noextension"] {
            assert_eq!(parse(name.as_bytes()), Err("this is not the name of a video file"));
        }
    }
}
