//! What the operator reads on the standard output when the gallery is open: where it is.

use crate::config::Settings;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Writes where the gallery is found.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut dyn Write,
    settings: &Settings,
    at: SocketAddr,
    videos: u64,
    took: Duration,
) -> std::io::Result<()> {
    let noun = if videos == 1 { "video" } else { "videos" };
    writeln!(out, "{videos} {noun}, open after {:.0} ms", took.as_secs_f64() * 1000.0)?;
    writeln!(out, "  data  {}", settings.data.display())?;
    if !at.ip().is_unspecified() {
        writeln!(out, "  here  {}", address(at.ip(), at.port()))?;
        return out.flush();
    }
    writeln!(out, "  here  {}", address(Ipv4Addr::LOCALHOST.into(), at.port()))?;
    let network = network_addresses();
    for ip in &network {
        writeln!(out, "  LAN   {}", address(*ip, at.port()))?;
    }
    writeln!(out, "Every device of the network can watch and change this gallery.")?;
    if let Some(code) = network.first().and_then(|ip| QrCode::new(address(*ip, at.port())).ok()) {
        // Printed dark on light, as cameras want it, on a terminal that is light on dark.
        let picture = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
        writeln!(out, "{picture}")?;
    }
    out.flush()
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
