//! How numbers are written for Prometheus: its text format, version 0.0.4.
//!
//! Only how, not which. The crates that write it bring twenty others along, for registries that nothing here needs.

use super::{Family, Kind};
use crate::metrics::{BOUNDS_US, Times};
use std::fmt::{Display, Write as _};

/// What kind of body this is.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How long something took, how often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Durations<'a> {
    /// The upper ends of the steps that are told apart, µs.
    pub(super) bounds_us: &'a [u64],
    /// How often it took at most as long as each of them, shorter ones included.
    pub(super) within: &'a [u64],
    /// How often in all.
    pub(super) count: u64,
    /// How long in all, µs.
    pub(super) sum_us: u64,
}

impl<'a> Durations<'a> {
    /// The same of what was counted.
    pub(super) fn of(times: &'a Times) -> Self {
        Self { bounds_us: &BOUNDS_US, within: &times.at_most, count: times.count, sum_us: times.sum_us }
    }
}

/// Takes the values of one family.
pub(super) struct Samples<'a> {
    family: &'a Family,
    text: &'a mut String,
}

/// Writes `family` with what `read` finds.
pub(super) fn write<'a>(family: &'a Family, text: &'a mut String, read: impl FnOnce(&mut Samples<'a>)) {
    let kind = match family.kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    let help = family.help.replace('\\', "\\\\").replace('\n', "\\n");
    line(text, format_args!("# HELP {} {help}", family.name));
    line(text, format_args!("# TYPE {} {kind}", family.name));
    read(&mut Samples { family, text });
}

impl Samples<'_> {
    /// A whole number, for these values of the labels, in their order.
    pub(super) fn number(&mut self, labels: &[&str], number: u64) {
        self.sample("", labels, None, number);
    }

    /// One, if it is so.
    pub(super) fn truth(&mut self, labels: &[&str], is_so: bool) {
        self.number(labels, u64::from(is_so));
    }

    /// A time in seconds.
    pub(super) fn seconds(&mut self, labels: &[&str], ms: u64) {
        self.sample("", labels, None, Seconds { us: ms.saturating_mul(1_000) });
    }

    /// A moment, as seconds since the epoch.
    pub(super) fn moment(&mut self, labels: &[&str], at_ms: i64) {
        self.seconds(labels, u64::try_from(at_ms).unwrap_or(0));
    }

    /// How long something took.
    pub(super) fn durations(&mut self, labels: &[&str], durations: Durations<'_>) {
        for (bound_us, within) in durations.bounds_us.iter().zip(durations.within) {
            self.sample("_bucket", labels, Some(&Seconds { us: *bound_us }), within);
        }
        // Requests go on while they are counted.
        let count = durations.within.last().map_or(durations.count, |within| durations.count.max(*within));
        self.sample("_bucket", labels, Some(&"+Inf"), count);
        self.sample("_sum", labels, None, Seconds { us: durations.sum_us });
        self.sample("_count", labels, None, count);
    }

    fn sample(&mut self, suffix: &str, labels: &[&str], step: Option<&dyn Display>, value: impl Display) {
        self.text.push_str(self.family.name);
        self.text.push_str(suffix);
        let step = step.map(ToString::to_string);
        let labels = self.family.labels.iter().zip(labels).map(|(label, value)| (*label, *value));
        let mut before = '{';
        for (label, value) in labels.chain(step.as_deref().map(|step| ("le", step))) {
            self.text.push(before);
            self.text.push_str(label);
            self.text.push_str("=\"");
            escape(value, self.text);
            self.text.push('"');
            before = ',';
        }
        if before == ',' {
            self.text.push('}');
        }
        line(self.text, format_args!(" {value}"));
    }
}

/// A time in seconds, to the microsecond, without the mistakes of a fraction in base two.
struct Seconds {
    us: u64,
}

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, us) = (self.us / 1_000_000, self.us % 1_000_000);
        if us == 0 {
            return write!(f, "{seconds}");
        }
        let digits = format!("{us:06}");
        write!(f, "{seconds}.{}", digits.trim_end_matches('0'))
    }
}

/// Adds the value of a label, with the three signs escaped that would end it.
fn escape(value: &str, text: &mut String) {
    for sign in value.chars() {
        match sign {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            sign => text.push(sign),
        }
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Memory takes everything.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::{Durations, Family, Kind, Samples, write};

    fn written(kind: Kind, labels: &'static [&'static str], read: impl FnOnce(&mut Samples<'_>)) -> String {
        let family = Family { name: "lvs_x", kind, labels, help: "What\\it\nis.", read: |_, _| () };
        let mut text = String::new();
        write(&family, &mut text, read);
        text
    }

    #[test]
    fn numbers_are_written_with_their_name_help_and_labels() {
        let text = written(Kind::Gauge, &["a", "b"], |samples| {
            samples.number(&["x", "a \"b\\c\"\nd"], u64::MAX);
            samples.truth(&["y", "é"], true);
        });
        let expected = "# HELP lvs_x What\\\\it\\nis.\n# TYPE lvs_x gauge\n\
            lvs_x{a=\"x\",b=\"a \\\"b\\\\c\\\"\\nd\"} 18446744073709551615\nlvs_x{a=\"y\",b=\"é\"} 1\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn times_are_exact_to_the_microsecond() {
        let text = written(Kind::Counter, &[], |samples| {
            for ms in [0, 1, 10, 1_000, 1_250, 1_764_354_009_001] {
                samples.seconds(&[], ms);
            }
            samples.moment(&[], -5);
        });
        let values: Vec<&str> = text.lines().skip(2).map(|line| line.trim_start_matches("lvs_x ")).collect();
        assert_eq!(values, ["0", "0.001", "0.01", "1", "1.25", "1764354009.001", "0"]);
    }

    #[test]
    fn durations_are_counted_in_steps() {
        let durations = Durations { bounds_us: &[100, 10_000_000], within: &[1, 2], count: 3, sum_us: 12_000_001 };
        let text = written(Kind::Histogram, &["route"], |samples| samples.durations(&["/"], durations));
        let lines: Vec<&str> = text.lines().skip(2).collect();
        let expected = [
            "lvs_x_bucket{route=\"/\",le=\"0.0001\"} 1",
            "lvs_x_bucket{route=\"/\",le=\"10\"} 2",
            "lvs_x_bucket{route=\"/\",le=\"+Inf\"} 3",
            "lvs_x_sum{route=\"/\"} 12.000001",
            "lvs_x_count{route=\"/\"} 3",
        ];
        assert_eq!(lines, expected);
    }
}
