//! What became of a piece of work, from what the decoder says to what is reported; pictures are stored on the way.

use crate::decide::thumbnail::Outcome;
use crate::decoder::{Cover, Jpeg, Made, Probed, Storyboard};
use crate::metrics::Metrics;
use crate::thumbnails::{Form, Picture, Store};
use events::event::{Captions, Chapter, Details, SheetLayout};
use events::values::{ContentId, Preview};
use std::io;
use xxhash_rust::xxh3::xxh3_128;

/// Stores what was made, before anybody is told of it, and counts how long it took.
pub(super) fn stored(store: &Store, metrics: &Metrics, made: Made, took_ms: u64) -> io::Result<Outcome> {
    match made {
        Made::Probed(probed) => Ok(of_probe(probed)),
        Made::Cover(cover) => {
            let Cover { at_ms, decoder, poster, cards: [large, small], colour, preview } = cover;
            let id = address(&poster);
            for (form, jpeg) in Form::COVERS.into_iter().zip([&poster, &large, &small]) {
                store.put(Picture { id, form }, &jpeg.bytes)?;
            }
            metrics.pictures(&decoder).record(took_ms as f64 * 1e3);
            let preview = Preview { colour, pixels: preview };
            Ok(Outcome::Cover { id, position_ms: at_ms, preview, decoder, took_ms })
        }
        Made::Storyboard(storyboard) => {
            let id = address(&storyboard.sheet);
            store.put(Picture { id, form: Form::Sheet }, &storyboard.sheet.bytes)?;
            metrics.pictures(&storyboard.decoder).record(took_ms as f64 * 1e3);
            let layout = layout(&storyboard);
            Ok(Outcome::Storyboard { id, layout, decoder: storyboard.decoder, took_ms })
        }
    }
}

/// The address of a picture.
fn address(jpeg: &Jpeg) -> ContentId {
    ContentId(xxh3_128(&jpeg.bytes))
}

fn of_probe(probed: Probed) -> Outcome {
    let chapter = |(start_ms, title)| Chapter { start_ms, title };
    let texts = probed.subtitles.into_iter().filter(|words| words.text);
    let details = Details {
        frame_rate_mhz: probed.frame_rate_mhz,
        bit_rate: probed.bit_rate,
        created_at_ms: probed.created_at_ms,
        chapters: probed.chapters.into_iter().map(chapter).collect(),
        captions: texts
            .map(|words| Captions { track: words.track, language: words.language, title: words.title })
            .collect(),
    };
    Outcome::Probed {
        duration_ms: probed.duration_ms,
        width: probed.width,
        height: probed.height,
        video_codec: probed.video_codec,
        audio_codec: probed.audio_codec,
        details,
    }
}

fn layout(storyboard: &Storyboard) -> SheetLayout {
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    SheetLayout {
        tiles: side(storyboard.tiles),
        columns: side(storyboard.columns),
        tile_width: side(storyboard.tile_width),
        tile_height: side(storyboard.tile_height),
        interval_ms: u32::try_from(storyboard.interval_ms).unwrap_or(u32::MAX),
    }
}
