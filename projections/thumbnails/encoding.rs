//! Covers and storyboards as bytes, for checkpoints and digests.
//!
//! The row of all of them, and what else is known of pictures, is written by the module above.

use std::sync::Arc;

use events::event::SheetLayout;
use events::values::{ContentId, Preview};

use super::{Cover, Failure, Sheet, Storyboard, Thumbnail};
use crate::bytes::{Decoder, Encoder};

pub(super) fn encode_thumbnail(thumbnail: &Thumbnail, into: &mut Encoder) {
    match thumbnail {
        Thumbnail::Missing => into.number(0_u64),
        Thumbnail::Made(cover) => {
            let Cover { id, position_ms, preview: Preview { colour, pixels } } = &**cover;
            into.number(1_u64);
            into.fixed(&id.0.to_le_bytes());
            into.number(*position_ms);
            into.fixed(colour);
            into.fixed(pixels);
        }
        Thumbnail::Failed(failure) => {
            let Failure { tries, stage, reason, decoder, failed_at_ms } = &**failure;
            into.number(2_u64);
            into.number(*tries);
            into.bytes(stage.as_bytes());
            into.bytes(reason.as_bytes());
            into.bytes(decoder.as_bytes());
            into.time(*failed_at_ms);
        }
    }
}

pub(super) fn decode_thumbnail(from: &mut Decoder<'_>) -> Option<Thumbnail> {
    match from.number::<u64>()? {
        0 => Some(Thumbnail::Missing),
        1 => {
            let (id, position_ms) = (ContentId(u128::from_le_bytes(from.fixed()?)), from.number()?);
            let preview = Preview { colour: from.fixed()?, pixels: from.fixed()? };
            Some(Thumbnail::Made(Arc::new(Cover { id, position_ms, preview })))
        }
        2 => {
            let tries = from.number()?;
            let (stage, reason, decoder) = (from.text()?.into(), from.text()?.into(), from.text()?.into());
            Some(Thumbnail::Failed(Arc::new(Failure { tries, stage, reason, decoder, failed_at_ms: from.time()? })))
        }
        _ => None,
    }
}

pub(super) fn encode_storyboard(storyboard: &Storyboard, into: &mut Encoder) {
    match storyboard {
        Storyboard::Missing => into.number(0_u64),
        Storyboard::Made(sheet) => {
            let SheetLayout { tiles, columns, tile_width, tile_height, interval_ms } = sheet.layout;
            into.number(1_u64);
            into.fixed(&sheet.id.0.to_le_bytes());
            [tiles, columns, tile_width, tile_height].into_iter().for_each(|side| into.number(side));
            into.number(interval_ms);
        }
        Storyboard::Failed => into.number(2_u64),
    }
}

pub(super) fn decode_storyboard(from: &mut Decoder<'_>) -> Option<Storyboard> {
    match from.number::<u64>()? {
        0 => Some(Storyboard::Missing),
        1 => {
            let id = ContentId(u128::from_le_bytes(from.fixed()?));
            let layout = SheetLayout {
                tiles: from.number()?,
                columns: from.number()?,
                tile_width: from.number()?,
                tile_height: from.number()?,
                interval_ms: from.number()?,
            };
            Some(Storyboard::Made(Arc::new(Sheet { id, layout })))
        }
        2 => Some(Storyboard::Failed),
        _ => None,
    }
}
