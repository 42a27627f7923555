//! Film for other screens than ours: HDR (PQ and HLG, ITU-R BT.2100) and wide colours (BT.2020). Mixed in linear light,
//! made as dark as a common screen needs it, and encoded again.

use super::colour::byte;
use crate::info::Colour;

/// What HDR calls white, in cd/m² (ITU-R BT.2408 §2.1): the 255 of a common screen.
const WHITE: f32 = 203.0;
/// The brightest that films are made for, in cd/m²; what is brighter still is cut off.
const PEAK: f32 = 1000.0;
/// Steps of the tables. Ten bits is what film of this kind has.
const STEPS: usize = 1023;
/// Steps of the way back; they lie closer in the dark.
const STEPS_BACK: usize = 4095;

/// What common screens make of what is stored (ITU-R BT.1886).
const GAMMA: f32 = 2.4;

/// Turns red, green and blue of BT.2020, as stored, into those of a common screen.
pub(super) struct Light {
    /// From what is stored to linear light.
    linear: Vec<f32>,
    /// From the square root of linear light to a byte.
    stored: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pq,
    Hlg,
    Wide,
}

impl Light {
    /// Nothing for a film that is made for common screens.
    pub(super) fn of(colour: Colour) -> Option<Self> {
        let kind = match (colour.transfer, colour.primaries) {
            (16, _) => Kind::Pq,
            (18, _) => Kind::Hlg,
            (_, 9) => Kind::Wide,
            _ => return None,
        };
        let table = |steps: usize| (0..=steps).map(move |step| step as f32 / steps as f32);
        let linear = match kind {
            Kind::Pq => table(STEPS).map(pq).collect(),
            Kind::Hlg => table(STEPS).map(hlg).collect(),
            Kind::Wide => table(STEPS).map(|stored| stored.powf(GAMMA)).collect(),
        };
        let stored = table(STEPS_BACK).map(|root| match kind {
            Kind::Pq | Kind::Hlg => srgb(root * root),
            // The same way back: grey stays as it is.
            Kind::Wide => (root * root).powf(1.0 / GAMMA),
        });
        let stored = stored.map(|value| byte(255.0 * value)).collect();
        Some(Self { linear, stored, kind })
    }

    /// Red, green and blue, from 0 to 255, as a common screen shows them.
    pub(super) fn shown(&self, stored: [f32; 3]) -> [u8; 3] {
        let linear = stored.map(|value| {
            let step = (value.clamp(0.0, 255.0) * (STEPS as f32 / 255.0) + 0.5) as usize;
            self.linear.get(step).copied().unwrap_or(0.0)
        });
        let factor = self.factor(linear);
        let [red, green, blue] = linear.map(|value| value * factor);
        // ITU-R BT.2087 §4: the primaries of BT.2020 in those of BT.709.
        let narrow = [
            1.6605 * red - 0.5876 * green - 0.0728 * blue,
            -0.1246 * red + 1.1329 * green - 0.0083 * blue,
            -0.0182 * red - 0.1006 * green + 1.1187 * blue,
        ];
        narrow.map(|light| {
            let step = (light.clamp(0.0, 1.0).sqrt() * STEPS_BACK as f32 + 0.5) as usize;
            self.stored.get(step).copied().unwrap_or(255)
        })
    }

    /// By how much a pixel is made darker, or brighter.
    fn factor(&self, linear: [f32; 3]) -> f32 {
        let [red, green, blue] = linear;
        let seen = match self.kind {
            Kind::Pq => 1.0,
            // BT.2100 table 5, the OOTF of a screen of 1000 cd/m².
            Kind::Hlg => (0.2627 * red + 0.6780 * green + 0.0593 * blue).powf(0.2) * (PEAK / WHITE),
            Kind::Wide => return 1.0,
        };
        // Reinhard et al., Photographic Tone Reproduction for Digital Images (2002), equation 4, on the brightest of the
        // three so that hues stay; it is what Chrome does, too.
        let brightest = red.max(green).max(blue) * seen;
        let burnt = PEAK / WHITE;
        seen * (1.0 + brightest / (burnt * burnt)) / (1.0 + brightest)
    }
}

/// BT.2100 table 4: light as a multiple of [`WHITE`].
fn pq(stored: f32) -> f32 {
    const M1: f32 = 2610.0 / 16384.0;
    const M2: f32 = 2523.0 / 4096.0 * 128.0;
    const C1: f32 = 3424.0 / 4096.0;
    const C2: f32 = 2413.0 / 4096.0 * 32.0;
    const C3: f32 = 2392.0 / 4096.0 * 32.0;
    let power = stored.powf(1.0 / M2);
    ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1) * (10_000.0 / WHITE)
}

/// BT.2100 table 5: light of the scene, from 0 to 1.
fn hlg(stored: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    const B: f32 = 1.0 - 4.0 * A;
    const C: f32 = 0.559_910_7;
    if stored <= 0.5 { stored * stored / 3.0 } else { (((stored - C) / A).exp() + B) / 12.0 }
}

/// IEC 61966-2-1: what is stored for linear light, both from 0 to 1.
fn srgb(light: f32) -> f32 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn of(transfer: u8) -> Light {
        Light::of(Colour { primaries: 9, transfer, matrix: 9, full_range: None }).unwrap()
    }

    #[test]
    fn common_film_is_left_alone() {
        assert!(Light::of(Colour::UNSPECIFIED).is_none());
        assert!(Light::of(Colour { primaries: 1, transfer: 1, matrix: 1, full_range: None }).is_none());
    }

    #[test]
    fn curves_go_through_the_points_their_standards_name() {
        assert!((pq(0.5081) * WHITE - 100.0).abs() < 1.0);
        assert!((pq(0.5806) * WHITE - 203.0).abs() < 1.0);
        assert!((pq(1.0) * WHITE - 10_000.0).abs() < 10.0);
        assert!((hlg(0.5) - 1.0 / 12.0).abs() < 0.0001);
        assert!((hlg(1.0) - 1.0).abs() < 0.0001);
    }

    #[test]
    fn brightness_keeps_its_order_and_grey_stays_grey() {
        for light in [of(16), of(18), of(14)] {
            let mut before = 0;
            for step in 0..=255_u8 {
                let [red, green, blue] = light.shown([f32::from(step); 3]);
                assert!(red >= before && red.abs_diff(green) <= 1 && green.abs_diff(blue) <= 1);
                before = red;
            }
            assert_eq!(light.shown([0.0; 3]), [0; 3]);
            assert_eq!(before, 255);
        }
    }

    #[test]
    fn white_of_hdr_is_bright_and_not_burnt() {
        let [white, ..] = of(16).shown([0.5806 * 255.0; 3]);
        assert!((180..=220).contains(&white), "{white}");
        let [white, ..] = of(18).shown([0.75 * 255.0; 3]);
        assert!((180..=220).contains(&white), "{white}");
    }

    #[test]
    fn a_colour_of_bt_709_in_bt_2020_comes_back() {
        // Red of BT.709 has these parts in BT.2020 (BT.2087).
        let stored = [0.6274_f32, 0.0691, 0.0164].map(|light| 255.0 * light.powf(1.0 / 2.4));
        let [red, green, blue] = of(14).shown(stored);
        assert!(red >= 253 && green <= 12 && blue <= 12, "{red} {green} {blue}");
    }
}
