//! A made-up library and its history, the same on every run, for the measurements beside it.

use events::event::{Favorite, Rating, Tag, Thumbnail, Video, View};
use events::values::{ContentId, Preview};
use events::{Actor, Cause, CommandId, Event, Fingerprint, MediaPath, Recorded, RootPath, Stars, TagName, VideoId};

/// A small random generator (xorshift*): speed and repeatability, nothing else.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) % u64::from(limit)) as u32
    }

    /// Below `limit`, small numbers much more often than large ones, as words in names are.
    fn skewed(&mut self, limit: u32) -> u32 {
        let once = self.below(limit);
        self.below(once + 1)
    }
}

const SYLLABLES: [&str; 20] = [
    "ba", "cor", "del", "fin", "ga", "hu", "ist", "jo", "kel", "lum", "mar", "no", "or", "pe", "qui", "ro", "sta",
    "tu", "ver", "win",
];

fn word(number: u32) -> String {
    let syllable = |place: u32| SYLLABLES.get((number / 20u32.pow(place) % 20) as usize).copied().unwrap_or("x");
    [syllable(0), syllable(1), syllable(2)].concat()
}

fn path(random: &mut Random, number: u32) -> MediaPath {
    let folder = word(random.skewed(300));
    let (first, second, third) = (word(random.skewed(3000)), word(random.skewed(3000)), word(random.skewed(3000)));
    let (year, month, day) = (2005 + random.below(20), 1 + random.below(12), 1 + random.below(28));
    let name = format!("{folder}/{first} {second} {third} {year}-{month:02}-{day:02} {number}.mp4");
    MediaPath::new(name).expect("a made-up path is valid")
}

/// An endless history: first `videos` are found and probed, then people rate, watch, tag and like.
pub(crate) fn history(videos: u32) -> impl Iterator<Item = Recorded> {
    let mut random = Random::new(42);
    let tags: Vec<TagName> =
        (0..1500).map(|tag| TagName::new(&word(tag * 5)).expect("a made-up tag is valid")).collect();
    (1u64..).map(move |pos| {
        let at_ms = 1_700_000_000_000 + i64::try_from(pos).unwrap_or(0) * 1_000;
        let event = match u32::try_from(pos).unwrap_or(u32::MAX) {
            number if number <= videos => found(&mut random, number, at_ms),
            number if number <= 2 * videos => probed(&mut random, number - videos),
            _ => visited(&mut random, videos, &tags),
        };
        let (cause, actor, command_id) = (Cause::Viewer, Actor(7), CommandId { key: pos, body: 1 });
        Recorded {
            pos,
            recorded_at_ms: at_ms,
            occurred_at_ms: at_ms,
            batch: pos,
            cause,
            actor,
            command_id,
            caused_by: 0,
            event,
        }
    })
}

fn id(number: u32) -> VideoId {
    VideoId::new(number).expect("numbers are from 1")
}

fn found(random: &mut Random, number: u32, at_ms: i64) -> Event {
    let size_bytes = u64::from(random.below(4_000_000)) * 1_000;
    Event::Video(Video::Found {
        video: id(number),
        root: RootPath::new("/srv/media/videos"),
        path: path(random, number),
        size_bytes,
        modified_at_ms: at_ms,
        fingerprint: Some(Fingerprint { size_bytes, hash: u128::from(number) * 0x9E37_79B9_7F4A_7C15_F39C }),
        added_at_ms: at_ms - i64::from(random.below(1_000_000)) * 1_000,
    })
}

fn probed(random: &mut Random, number: u32) -> Event {
    Event::Video(Video::Probed {
        video: id(number),
        duration_ms: u64::from(random.below(7_200_000)),
        width: 1920,
        height: 1080,
        video_codec: "avc1.640028".into(),
        audio_codec: "mp4a.40.2".into(),
        details: Default::default(),
    })
}

fn visited(random: &mut Random, videos: u32, tags: &[TagName]) -> Event {
    let video = id(1 + random.below(videos));
    let tag = tags.get(random.skewed(1500) as usize).cloned();
    match random.below(100) {
        0..40 => Event::View(View::Started { video }),
        40..65 => Event::Rating(Rating::Given { video, stars: stars(1 + random.below(5)) }),
        65..68 => Event::Rating(Rating::Cleared { video }),
        68..78 => Event::Favorite(Favorite::Added { video }),
        78..82 => Event::Favorite(Favorite::Removed { video }),
        82..85 => {
            let (cover, decoder) = (ContentId(u128::from(video.get())), "h264".into());
            let preview = Preview::default();
            Event::Thumbnail(Thumbnail::Made { video, cover, decoder, position_ms: 0, preview, took_ms: 40 })
        }
        number => match tag {
            Some(tag) if number < 98 => Event::Tag(Tag::Added { video, tag }),
            Some(tag) => Event::Tag(Tag::Removed { video, tag }),
            None => Event::View(View::Started { video }),
        },
    }
}

pub(crate) fn stars(number: u32) -> Stars {
    u8::try_from(number).ok().and_then(|stars| Stars::new(stars).ok()).expect("1 to 5")
}
