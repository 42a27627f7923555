//! Random order without memory: a permutation of video numbers that a seed decides.
//!
//! It permutes numbers up to the next power of two, not the videos of one list, so that the order of
//! the others stays when a video comes or goes (until the library outgrows the power of two).

/// Multiplier and summand of one round, and what undoes the multiplication.
#[derive(Clone, Copy, Debug)]
struct Round {
    times: u64,
    plus: u64,
    back: u64,
}

/// A permutation of the numbers below a power of two.
#[derive(Clone, Debug)]
pub(crate) struct Shuffle {
    bits: u32,
    rounds: [Round; 4],
}

/// SplitMix64: a good mix of 64 bits, by Sebastiano Vigna (public domain).
pub(crate) fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The inverse of an odd number modulo 2^64, by Newton's iteration: each step doubles the right bits,
/// and an odd number is its own inverse in the lowest three.
fn inverse(odd: u64) -> u64 {
    (0..5).fold(odd, |guess, _| guess.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(guess))))
}

impl Shuffle {
    /// No library is so small that a few new videos should reshuffle it.
    const MIN_BITS: u32 = 10;

    /// The permutation that `seed` decides, for at least the numbers up to `largest`.
    pub(crate) fn new(seed: u64, largest: u32) -> Self {
        let bits = (u32::BITS - largest.leading_zeros()).max(Self::MIN_BITS);
        let round = |number: u64| {
            let (times, plus) = (mix(seed ^ mix(2 * number)) | 1, mix(seed ^ mix(2 * number + 1)));
            Round { times, plus, back: inverse(times) }
        };
        Self { bits, rounds: [round(0), round(1), round(2), round(3)] }
    }

    /// How many places there are; each holds one number below that.
    pub(crate) fn places(&self) -> u32 {
        // 32 bits of places have no place for the last number, which no library reaches.
        u32::try_from(1u64 << self.bits).unwrap_or(u32::MAX)
    }

    /// The place of a number.
    pub(crate) fn place(&self, number: u32) -> u32 {
        self.narrow(
            self.rounds.iter().fold(u64::from(number), |x, round| {
                self.fold_down(x.wrapping_mul(round.times).wrapping_add(round.plus))
            }),
        )
    }

    /// The number at a place.
    pub(crate) fn number(&self, place: u32) -> u32 {
        self.narrow(
            self.rounds
                .iter()
                .rev()
                .fold(u64::from(place), |x, round| self.fold_down(x).wrapping_sub(round.plus).wrapping_mul(round.back)),
        )
    }

    /// Lets high bits act on low ones, which multiplication does not. Its own inverse, because the shift
    /// is at least half the width.
    fn fold_down(&self, x: u64) -> u64 {
        let x = u64::from(self.narrow(x));
        x ^ (x >> self.bits.div_ceil(2))
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left by the mask")]
    fn narrow(&self, x: u64) -> u32 {
        (x & ((1 << self.bits) - 1)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_place() {
        for (seed, largest) in [(0, 0), (1, 1023), (2, 1024), (u64::MAX, 70_000)] {
            let shuffle = Shuffle::new(seed, largest);
            assert!(shuffle.places() > largest);
            let mut places = std::collections::BTreeSet::new();
            for number in 0..shuffle.places() {
                let place = shuffle.place(number);
                assert_eq!(shuffle.number(place), number);
                assert!(place < shuffle.places());
                places.insert(place);
            }
            assert_eq!(places.len(), shuffle.places() as usize);
        }
    }

    #[test]
    fn the_largest_number_has_a_place() {
        let shuffle = Shuffle::new(7, u32::MAX);
        for number in [0, 1, 12_345, u32::MAX - 1, u32::MAX] {
            assert_eq!(shuffle.number(shuffle.place(number)), number);
        }
    }

    #[test]
    fn seeds_give_orders_that_look_unrelated() {
        let firsts: std::collections::BTreeSet<u32> = (0..100).map(|seed| Shuffle::new(seed, 1000).number(0)).collect();
        assert!(firsts.len() > 80, "{} different first numbers of 100 seeds", firsts.len());
        let shuffle = Shuffle::new(1, 1000);
        let ascents = (0..1023).filter(|place| shuffle.number(*place) < shuffle.number(place + 1)).count();
        assert!((400..620).contains(&ascents), "{ascents} ascents in 1023 steps");
    }
}
