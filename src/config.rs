//! Every setting of the program, in one place: the doc comments of [`Settings`] are the manual.
//!
//! A setting `some_thing` is the flag `--some-thing`, the environment variable `LVS_SOME_THING` and the
//! key `some_thing` of the settings file; the first of these that is given counts, then the default.
//! The layers are laid under the command line *before* it is parsed, so that each value meets the same
//! checks wherever it came from, and adding a setting means adding one field.
//!
//! Not here: what the settings cause. Reading the settings file is the only thing done to the world.

mod layers;

pub use layers::{ConfigError, Parsed, parse};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "local-video-server",
    version,
    about = "A video gallery for the local network that never forgets",
    long_about = None,
    flatten_help = true,
    subcommand_required = true,
    after_help = "`serve` may be left out: `local-video-server FOLDER` serves that folder.\n\n\
        Each setting --some-thing can also be given as LVS_SOME_THING in the environment or as some_thing in a \
        TOML file named by --config; the command line counts first, then the environment, then the file."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The sub-commands. `serve` is the default.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Shows the videos of one or more folders to the browsers of this machine, or with --lan of the network
    Serve(Settings),
    /// Shows a made-up library of twelve short clips, with a data folder of its own
    #[command(mut_arg("folders", |folders| folders.hide(true)))]
    Demo(Settings),
    /// Looks after the data folder of a stopped server, or with --server after one that runs
    Tools(Tools),
    /// Asks the server with these settings whether it is well
    Health(Health),
    /// Looks into video files for a server, which starts this itself
    #[command(hide = true)]
    Decode,
}

/// What `tools` can be told.
#[derive(Clone, Debug, Args)]
pub struct Tools {
    /// The data folder to work on [default: that of serve]
    #[arg(long, value_name = "DIR", required = false, global = true)]
    pub data: PathBuf,

    /// Work on the server that runs at this address instead, such as http://127.0.0.1:5000: import, log, export, backup,
    /// stats, verify, rebuild, prune, redact, and compact --dry-run
    #[arg(long, value_name = "URL", global = true)]
    pub server: Option<String>,

    /// What lets this in at a server on another machine, which prints it at its start; better given as LVS_ADMIN_TOKEN
    #[arg(long = "token", value_name = "TOKEN", global = true)]
    pub admin_token: Option<String>,

    /// A TOML file with settings; LVS_CONFIG names one too
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: tools::Command,
}

/// What `health` can be told: where the server listens, as `serve` is told it.
#[derive(Clone, Debug, Args)]
pub struct Health {
    /// Fail also while nothing can be changed, not only when there is no answer
    #[arg(long)]
    pub ready: bool,

    /// Where it listens.
    #[command(flatten)]
    pub listening: Listening,

    /// A TOML file with settings; LVS_CONFIG names one too
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug, Args)]
pub struct Listening {
    /// The address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1", value_parser = address)]
    pub bind: IpAddr,

    /// The port to listen on; 0 takes a free one and prints it
    #[arg(long, value_name = "NUMBER", default_value_t = 5000)]
    pub port: u16,

    /// Let other devices of the network in: listens on every address, whatever --bind says
    #[arg(long)]
    pub lan: bool,
}

impl Listening {
    /// The address to listen on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let ip = if self.lan { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { self.bind };
        SocketAddr::new(ip, self.port)
    }

    /// Where a server that listens there is asked from its own machine.
    #[must_use]
    pub fn ask_at(&self) -> SocketAddr {
        let everywhere = self.lan || self.bind.is_unspecified();
        SocketAddr::new(if everywhere { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { self.bind }, self.port)
    }
}

/// What `serve` and `demo` can be told.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// The folders with videos, searched with all their sub-folders; nothing in them is ever changed
    /// [environment: LVS_FOLDERS, separated like PATH]
    #[arg(value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,

    /// A folder with images, searched with all its sub-folders; they get a gallery of their own
    #[arg(long, value_name = "FOLDER")]
    pub images: Option<PathBuf>,

    /// Where the event log and everything made from it is kept
    /// [default: local-video-server, or for demo local-video-server-demo, in the user's data folder]
    #[arg(long, value_name = "DIR", required = false)]
    pub data: PathBuf,

    /// How much room the pictures made of videos may take on the disk of the data folder, in GiB; what nobody has looked
    /// at for longest goes first
    #[arg(long, value_name = "GIB", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub thumbnails_gib: u64,

    /// Believe the first look at the folders even if most of their videos are missing: they are really gone
    #[arg(long)]
    pub accept_missing: bool,

    /// Where it listens.
    #[command(flatten)]
    pub listening: Listening,

    /// A further name browsers may reach this server by, besides this machine's own name; may be given more than
    /// once or as a list with commas
    #[arg(long = "host-name", value_name = "NAME", value_delimiter = ',')]
    pub host_name: Vec<String>,

    /// What lets other machines look after this server, sent as `Authorization: Bearer TOKEN`: at least 16 characters
    /// [default: a new one at each start, printed with --lan]. Once one is set, it is asked for at this machine, too.
    /// Better given in the environment or the file than here, where every user of this machine can read it
    #[arg(long, value_name = "TOKEN", value_parser = token)]
    pub admin_token: Option<String>,

    /// The dashboard warns when 5 of 100 answers take longer than this to begin, in ms
    #[arg(long, value_name = "MS", default_value_t = 250, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub warn_p95_ms: u64,

    /// The dashboard calls it poor when 5 of 100 answers take longer than this to begin, in ms
    #[arg(long, value_name = "MS", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub poor_p95_ms: u64,

    /// The dashboard warns when more answers than this are errors of the server, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=100))]
    pub warn_errors_percent: u64,

    /// The dashboard calls it poor when more answers than this are errors of the server, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=100))]
    pub poor_errors_percent: u64,

    /// How log lines are written to the standard error output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug, trace, or a filter by module, also of the storage engine
    #[arg(long, value_name = "FILTER", default_value = "info,fjall=warn,lsm_tree=warn")]
    pub log: String,

    /// A TOML file with settings; LVS_CONFIG names one too
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The program that looks into video files: the one that is running, even if its file has been replaced since;
    /// another one only where a test runs this one inside of itself.
    #[arg(skip = "/proc/self/exe")]
    pub decoder: PathBuf,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line, for programs.
    Json,
}

/// What lets other machines look after the server.
fn token(text: &str) -> Result<String, String> {
    let possible = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_graphic());
    possible.then(|| text.to_owned()).ok_or_else(|| {
        "a token has at least 16 characters: letters, digits and signs, no spaces; leave it out to have one made"
            .to_owned()
    })
}

/// An address to listen on, with the one name the old program's settings used.
fn address(text: &str) -> Result<IpAddr, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    text.parse()
        .map_err(|_| "an address is written like 127.0.0.1, 192.168.1.20 or ::1; the port goes to --port".to_owned())
}
