//! Splitting sets of videos into ranked groups, by how many of some other sets they are in.
//!
//! Ranking is done with sets instead of scores: it costs the same for a thousand videos as for one.

use roaring::RoaringBitmap;

/// Splits each group: first the videos that are in most of `sets`, last those in none. The order of the
/// groups stays; empty ones are left out.
pub(crate) fn refine(groups: Vec<RoaringBitmap>, sets: &[&RoaringBitmap]) -> Vec<RoaringBitmap> {
    groups.into_iter().flat_map(|group| split(group, sets)).filter(|group| !group.is_empty()).collect()
}

fn split(group: RoaringBitmap, sets: &[&RoaringBitmap]) -> Vec<RoaringBitmap> {
    // `at_least[n]` are the videos in at least n of the sets looked at so far.
    let mut at_least = vec![group];
    for set in sets {
        let raised: Vec<RoaringBitmap> = at_least.iter().map(|level| level & *set).collect();
        for (level, from_below) in at_least.iter_mut().skip(1).zip(&raised) {
            *level |= from_below;
        }
        at_least.extend(raised.into_iter().next_back().filter(|top| !top.is_empty()));
    }
    let mut exactly = Vec::new();
    let mut more = RoaringBitmap::new();
    for level in at_least.into_iter().rev() {
        exactly.push(&level - &more);
        more = level;
    }
    exactly
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_split_by_how_many_sets_a_video_is_in() {
        let set = |numbers: &[u32]| numbers.iter().copied().collect::<RoaringBitmap>();
        let (a, b, c) = (set(&[1, 2, 3, 9]), set(&[2, 3]), set(&[3, 4]));
        assert_eq!(refine(vec![set(&[1, 2, 3, 4, 5])], &[&a, &b, &c]), [set(&[3]), set(&[2]), set(&[1, 4]), set(&[5])]);
        assert_eq!(refine(vec![set(&[4]), set(&[1, 5])], &[&a]), [set(&[4]), set(&[1]), set(&[5])]);
        assert_eq!(refine(vec![set(&[7])], &[]), [set(&[7])]);
    }
}
