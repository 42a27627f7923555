//! The executable: reads the command line, starts logging, binds, and hands over. The only place that exits.

use local_video_server::config::{Command, ConfigError, LogFormat, Settings, Tools, parse};
use local_video_server::{ServeError, clock, decoder, remote, serve, telemetry};
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code for a command line, environment or settings file that cannot be meant.
const BAD_CONFIG: u8 = 2;

/// The exit code for an address that cannot be listened on.
const NO_ADDRESS: u8 = 71;

/// The exit code for `health` when the server is not well.
const NOT_WELL: u8 = 1;

/// The exit code for `decode` when the standard input is not the socket of a server.
const NO_SERVER: u8 = 76;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// What ended the program, and the code it exits with.
struct Failure {
    code: u8,
    error: Box<dyn Error>,
    advice: &'static str,
}

impl Failure {
    fn new(code: u8, error: impl Into<Box<dyn Error>>) -> Self {
        Self { code, error: error.into(), advice: "" }
    }

    #[expect(clippy::print_stderr, reason = "the last words of the program go to the terminal, log or not")]
    fn report(&self) -> ExitCode {
        if let Some(ConfigError::CommandLine(clap)) = self.error.downcast_ref() {
            // Help goes to the standard output, mistakes to the standard error; a closed pipe is nobody's loss.
            let _: std::io::Result<()> = clap.print();
            return ExitCode::from(u8::try_from(clap.exit_code()).unwrap_or(BAD_CONFIG));
        }
        let mut text = self.error.to_string();
        let mut next = self.error.source();
        while let Some(cause) = next {
            text = format!("{text}: {cause}");
            next = cause.source();
        }
        eprintln!("error: {text}");
        if !self.advice.is_empty() {
            eprintln!("{}", self.advice);
        }
        ExitCode::from(self.code)
    }
}

fn run() -> Result<(), Failure> {
    let parsed = parse(std::env::args_os(), std::env::vars_os()).map_err(|error| Failure::new(BAD_CONFIG, error))?;
    match parsed.command {
        Command::Serve(settings) => serve_until_told(settings, &parsed.warnings),
        Command::Demo(settings) => serve_until_told(with_clips(settings)?, &parsed.warnings),
        Command::Tools(Tools { data, command, server, admin_token, .. }) => {
            let out = &mut std::io::stdout();
            let ran = match server {
                Some(url) => remote::run(&command, &url, admin_token.as_deref(), clock::now_ms(), out),
                None => tools::run(&command, &data, clock::now_ms(), out),
            };
            ran.map_err(|error| Failure::new(tools::exit_code(&error), error))
        }
        Command::Health(health) => remote::health(health.listening.ask_at(), health.ready, &mut std::io::stdout())
            .map_err(|error| Failure::new(NOT_WELL, error)),
        Command::Decode => decoder::serve().map_err(|error| Failure::new(NO_SERVER, error)),
    }
}

/// Puts the clips of the demonstration where they can be served from.
fn with_clips(mut settings: Settings) -> Result<Settings, Failure> {
    if !settings.folders.is_empty() {
        return Err(Failure::new(BAD_CONFIG, "`demo` shows its own clips; to show a folder, leave the word out"));
    }
    let folder = tools::demo::prepare(&settings.data, clock::now_ms())
        .map_err(|error| Failure::new(tools::exit_code(&error), error))?;
    settings.folders.push(folder);
    Ok(settings)
}

fn serve_until_told(settings: Settings, warnings: &[String]) -> Result<(), Failure> {
    let json = settings.log_format == LogFormat::Json;
    let _telemetry = telemetry::start(json, &settings.log).map_err(|error| Failure::new(BAD_CONFIG, error))?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::new(NO_ADDRESS, error))?;
    let served = runtime.block_on(listen_and_serve(settings));
    // A read on a network drive that does not answer must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_millis(100));
    served
}

async fn listen_and_serve(settings: Settings) -> Result<(), Failure> {
    let at = settings.listening.address();
    let listener = TcpListener::bind(at).await.map_err(|error| {
        Failure::new(NO_ADDRESS, format!("{at} cannot be listened on ({error}); choose another with --port or --bind"))
    })?;
    let (mut interrupt, mut terminate) = signal(SignalKind::interrupt())
        .and_then(|interrupt| Ok((interrupt, signal(SignalKind::terminate())?)))
        .map_err(|error| Failure::new(NO_ADDRESS, error))?;
    let shutdown = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    };
    serve(settings, listener, &mut std::io::stdout(), shutdown).await.map_err(|error| match &error {
        ServeError::Start(reason) => Failure { code: reason.exit_code(), advice: reason.advice(), error: error.into() },
        ServeError::Announce(_) => Failure::new(NO_ADDRESS, error),
    })
}
