//! What the operator reads on the standard output when the gallery is open: where it is.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// What the program found when it started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opened {
    /// How many videos are in the library.
    pub videos: u64,
    /// How long it took to open the log and compute what is known.
    pub took: Duration,
}

/// Writes that the gallery with the log in `data` is `opened` and listens `at`; to whoever lets the
/// network in, also the `token` that was made for looking after it from there.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut dyn Write,
    data: &Path,
    at: SocketAddr,
    opened: Opened,
    token: Option<&str>,
) -> std::io::Result<()> {
    let Opened { videos, took } = opened;
    let noun = if videos == 1 { "video" } else { "videos" };
    writeln!(out, "{videos} {noun}, open after {:.0} ms", took.as_secs_f64() * 1000.0)?;
    writeln!(out, "  data  {}", data.display())?;
    if !at.ip().is_unspecified() {
        writeln!(out, "  here  {}", address(at.ip(), at.port()))?;
        if !at.ip().is_loopback() {
            write_token(out, token)?;
        }
        return out.flush();
    }
    writeln!(out, "  here  {}", address(Ipv4Addr::LOCALHOST.into(), at.port()))?;
    let network = network_addresses();
    for ip in &network {
        writeln!(out, "  LAN   {}", address(*ip, at.port()))?;
    }
    writeln!(out, "Every device of the network can watch and change this gallery.")?;
    write_token(out, token)?;
    if let Some(code) = network.first().and_then(|ip| QrCode::new(address(*ip, at.port())).ok()) {
        // Printed dark on light, as cameras want it, on a terminal that is light on dark.
        let picture = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
        writeln!(out, "{picture}")?;
    }
    out.flush()
}

fn write_token(out: &mut dyn Write, token: Option<&str>) -> std::io::Result<()> {
    token.map_or(Ok(()), |token| writeln!(out, "  token {token}  to look after it from another machine, until it ends"))
}

fn address(ip: IpAddr, port: u16) -> String {
    format!("http://{}/", SocketAddr::new(ip, port))
}

/// The addresses other devices may reach this machine by, private IPv4 ones first: those are short and what a home has.
fn network_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<IpAddr> = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(if_addrs::Interface::ip)
        .filter(IpAddr::is_ipv4)
        .collect();
    addresses.sort_by_key(|ip| !matches!(ip, IpAddr::V4(ip) if ip.is_private()));
    addresses
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// The greeting of a server at `at` with that many videos.
    fn greeting(at: &str, videos: u64) -> String {
        let mut out = Vec::new();
        let opened = Opened { videos, took: Duration::from_millis(42) };
        write(&mut out, Path::new("/srv/log"), at.parse().unwrap(), opened, Some("c0ffee")).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn says_what_was_opened_and_where_it_is() {
        let text = greeting("127.0.0.1:5000", 333);
        assert!(text.contains("333 videos") && text.contains("42 ms") && text.contains("/srv/log"), "{text}");
        assert!(text.contains("http://127.0.0.1:5000/") && !text.contains("LAN"), "{text}");
        assert!(greeting("[::1]:80", 1).contains("1 video,"));
        assert!(greeting("[::1]:80", 1).contains("http://[::1]:80/"));
    }

    #[test]
    fn only_the_network_needs_the_token() {
        for (at, printed) in [("127.0.0.1:1", false), ("[::1]:1", false), ("0.0.0.0:1", true), ("192.168.1.7:1", true)]
        {
            assert_eq!(greeting(at, 0).contains("c0ffee"), printed, "{at}");
        }
    }

    #[test]
    fn warns_when_the_network_is_let_in() {
        let text = greeting("0.0.0.0:5000", 0);
        assert!(text.contains("http://127.0.0.1:5000/") && !text.contains("http://0.0.0.0"), "{text}");
        assert!(text.contains("Every device of the network"), "{text}");
        let reachable = !network_addresses().is_empty();
        assert_eq!(text.contains('▄'), reachable, "a code to scan stands for the first LAN address: {text}");
    }
}
