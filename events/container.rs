//! The one table of file formats: which files are videos, and what to call them over HTTP.
//!
//! Adding a format is adding a row. Whether a *codec* plays is not known here.

/// One kind of video file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container {
    /// The file extension in lower case, without the dot.
    pub extension: &'static str,
    /// The media type for HTTP (IANA, or the type browsers know it by).
    pub mime: &'static str,
    /// The name people know it by.
    pub name: &'static str,
    /// Whether common browsers play it when they know the codecs inside.
    pub plays_in_browser: bool,
}

/// All containers the gallery knows.
pub const CONTAINERS: &[Container] = &[
    Container { extension: "mp4", mime: "video/mp4", name: "MP4", plays_in_browser: true },
    Container { extension: "m4v", mime: "video/mp4", name: "MP4", plays_in_browser: true },
    Container { extension: "webm", mime: "video/webm", name: "WebM", plays_in_browser: true },
    Container { extension: "ogv", mime: "video/ogg", name: "Ogg", plays_in_browser: true },
    Container { extension: "ogg", mime: "video/ogg", name: "Ogg", plays_in_browser: true },
    Container { extension: "mov", mime: "video/quicktime", name: "QuickTime", plays_in_browser: true },
    Container { extension: "mkv", mime: "video/x-matroska", name: "Matroska", plays_in_browser: true },
    Container { extension: "avi", mime: "video/x-msvideo", name: "AVI", plays_in_browser: false },
    Container { extension: "wmv", mime: "video/x-ms-wmv", name: "Windows Media", plays_in_browser: false },
    Container { extension: "flv", mime: "video/x-flv", name: "Flash Video", plays_in_browser: false },
    Container { extension: "mpg", mime: "video/mpeg", name: "MPEG", plays_in_browser: false },
    Container { extension: "mpeg", mime: "video/mpeg", name: "MPEG", plays_in_browser: false },
    Container { extension: "ts", mime: "video/mp2t", name: "MPEG-TS", plays_in_browser: false },
    Container { extension: "m2ts", mime: "video/mp2t", name: "MPEG-TS", plays_in_browser: false },
    Container { extension: "3gp", mime: "video/3gpp", name: "3GP", plays_in_browser: true },
];

/// The container of a file with this extension (any case, without the dot), if it is a video.
#[must_use]
pub fn by_extension(extension: &str) -> Option<&'static Container> {
    CONTAINERS.iter().find(|container| container.extension.eq_ignore_ascii_case(extension))
}

/// The media type of an image with this extension (any case, without the dot), if it is one. Not SVG: an
/// address of such a file would be a page that runs its scripts.
#[must_use]
pub fn image_type(extension: &str) -> Option<&'static str> {
    const IMAGES: [(&str, &str); 6] = [
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
    ];
    IMAGES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)).map(|(_, mime)| mime)
}
