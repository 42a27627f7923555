//! How the layers of settings are laid over one another: command line > environment > file > default.
//!
//! The lower layers become arguments in front of those that were typed, each checked alone first so that
//! an error can say where its value came from. What the settings are is in [`super`].

use super::{Cli, Command};
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, CommandFactory, FromArgMatches};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A command line that was understood.
#[derive(Debug)]
pub struct Parsed {
    /// What to do.
    pub command: Command,
    /// What to tell the operator once there is a log: variables that look like settings but are none.
    pub warnings: Vec<String>,
}

/// Why the program does not start. The text is complete: it names the setting and where it was given.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The command line was wrong, or asked for help.
    #[error("{0}")]
    CommandLine(#[from] clap::Error),
    /// A value from the environment or the file was wrong.
    #[error("{origin}: {reason}")]
    Value {
        /// The variable, or the file and key.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The settings file could not be read.
    #[error("the settings file {} cannot be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No data folder was named and the system does not say where the user's data lives.
    #[error("say where to keep the event log with --data DIR; neither XDG_DATA_HOME nor HOME is set")]
    NoDataFolder,
}

/// Reads the command line `arguments` (with the program's name in front), under it the `environment`, under that the
/// settings file.
///
/// # Errors
/// [`ConfigError`]; a request for help is one too, as in clap.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Parsed, ConfigError> {
    let definition = Cli::command();
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    name_the_command(&definition, &mut arguments);
    let typed = definition.clone().try_get_matches_from(&arguments)?;
    let mut warnings = Vec::new();
    let known = names(&definition, &["serve"]);
    if let Some((name, typed)) = typed.subcommand()
        && let Some(command) = definition.find_subcommand(name)
        && settings(command).next().is_some()
    {
        let environment = Environment(environment.into_iter().collect());
        warnings = environment.unknown(&names(&definition, &["serve", "tools"]));
        let file = File::read(&known, typed, &environment)?;
        arguments.splice(2..2, lower_layers(command, typed, &environment, &file)?);
    }
    let command = Cli::from_arg_matches(&definition.try_get_matches_from(&arguments)?)?.command;
    Ok(Parsed { command, warnings })
}

/// The name of the demonstration's data folder, beside that of `serve`.
const DEMO_FOLDER: &str = "local-video-server-demo";

/// What the demonstration takes from the command line alone: it is to leave the library of `serve` as it is.
const NOT_FOR_DEMO: [&str; 3] = ["folders", "images", "data"];

/// The names of what these commands can be told.
fn names(definition: &clap::Command, commands: &[&str]) -> Vec<String> {
    let commands = commands.iter().filter_map(|command| definition.find_subcommand(command));
    commands.flat_map(settings).map(|setting| setting.get_id().to_string()).collect()
}

/// Writes out the `serve` that may be left out. A folder that is called like a sub-command is written `./demo`.
fn name_the_command(definition: &clap::Command, arguments: &mut Vec<OsString>) {
    let first = arguments.get(1).and_then(|argument| argument.to_str()).unwrap_or_default();
    let about_all = ["help", "-h", "--help", "-V", "--version"].contains(&first);
    if !about_all && definition.find_subcommand(first).is_none() {
        arguments.insert(1.min(arguments.len()), "serve".into());
    }
}

/// The arguments that stand for what the command line leaves open.
fn lower_layers(
    command: &clap::Command,
    typed: &ArgMatches,
    environment: &Environment,
    file: &File,
) -> Result<Vec<OsString>, ConfigError> {
    let (mut all, demo) = (Vec::new(), command.get_name() == "demo");
    let open = |setting: &&clap::Arg| typed.value_source(setting.get_id().as_str()) != Some(ValueSource::CommandLine);
    for setting in settings(command).filter(open) {
        let own = demo && NOT_FOR_DEMO.contains(&setting.get_id().as_str());
        let found = match environment.words(setting)? {
            _ if own => None,
            None => file.words(setting)?,
            found => found,
        };
        if let Some((origin, words)) = found {
            let alone = std::iter::once(OsString::from(command.get_name())).chain(words.iter().cloned());
            let checked = command.clone().subcommand_required(false).try_get_matches_from(alone);
            checked.map_err(|error| ConfigError::Value { origin, reason: first_line(&error) })?;
            all.extend(words);
        } else if setting.get_id() == "data" {
            let folder = environment.data_folder()?;
            // Not in the folder for temporary files: others could have prepared a folder there.
            let folder = if demo { folder.with_file_name(DEMO_FOLDER) } else { folder };
            all.push(word(setting, folder.as_os_str()));
        }
    }
    Ok(all)
}

/// What can be set, apart from the settings file itself.
fn settings(command: &clap::Command) -> impl Iterator<Item = &clap::Arg> {
    command.get_arguments().filter(|setting| !["help", "version", "config"].contains(&setting.get_id().as_str()))
}

/// The argument that gives `setting` this value.
fn word(setting: &clap::Arg, value: &OsStr) -> OsString {
    let mut word = OsString::new();
    if let Some(long) = setting.get_long() {
        word.push(format!("--{long}="));
    }
    word.push(value);
    word
}

/// The argument that stands for a flag, if it is on.
fn flag(setting: &clap::Arg, on: bool) -> Vec<OsString> {
    setting.get_long().filter(|_| on).map(|long| vec![format!("--{long}").into()]).unwrap_or_default()
}

fn first_line(error: &clap::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// The known name that was probably meant by `unknown`.
fn closest(unknown: &str, known: impl IntoIterator<Item = String>) -> Option<String> {
    let rated = known.into_iter().map(|name| (strsim::jaro_winkler(unknown, &name), name));
    rated.filter(|(alike, _)| *alike > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// A setting's value and where it was found, as arguments.
type Found = Option<(String, Vec<OsString>)>;

/// The environment's variables.
struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    fn get(&self, name: &str) -> Option<&OsStr> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_os_str())
            .filter(|value| !value.is_empty())
    }

    fn words(&self, setting: &clap::Arg) -> Result<Found, ConfigError> {
        let id = setting.get_id().as_str();
        let mut name = variable(id);
        if id == "bind" && self.get(&name).is_none() {
            // The old program's name for it.
            "LVS_HOST".clone_into(&mut name);
        }
        let Some(value) = self.get(&name) else {
            return Ok(None);
        };
        let words = if id == "folders" {
            std::env::split_paths(value).map(PathBuf::into_os_string).collect()
        } else if matches!(setting.get_action(), ArgAction::SetTrue) {
            let on = switch(value).ok_or_else(|| ConfigError::Value {
                origin: name.clone(),
                reason: "must be 1, true, yes, on or 0, false, no, off".to_owned(),
            })?;
            flag(setting, on)
        } else {
            vec![word(setting, value)]
        };
        Ok(Some((name, words)))
    }

    /// Where the user's data lives, by the XDG base directory specification.
    fn data_folder(&self) -> Result<PathBuf, ConfigError> {
        let home = || self.get("HOME").map(|home| Path::new(home).join(".local/share"));
        let base = self.get("XDG_DATA_HOME").map(PathBuf::from).filter(|base| base.is_absolute()).or_else(home);
        Ok(base.ok_or(ConfigError::NoDataFolder)?.join("local-video-server"))
    }

    /// Variables that were probably meant as settings.
    fn unknown(&self, known: &[String]) -> Vec<String> {
        let known: Vec<String> = known.iter().map(|id| variable(id)).collect();
        let names = self.0.iter().filter_map(|(name, _)| name.to_str());
        let unknown = names.filter(|name| {
            name.starts_with("LVS_")
                && !["LVS_CONFIG", "LVS_HOST"].contains(name)
                && !known.iter().any(|known| known == name)
        });
        unknown
            .map(|name| match closest(name, known.iter().cloned()) {
                Some(meant) => {
                    format!("the environment variable {name} is not a setting and is ignored; did you mean {meant}?")
                }
                None => format!("the environment variable {name} is not a setting and is ignored"),
            })
            .collect()
    }
}

/// Whether a variable for a flag turns it on.
fn switch(value: &OsStr) -> Option<bool> {
    match value.to_str()?.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The settings file.
#[derive(Default)]
struct File {
    path: PathBuf,
    keys: toml::Table,
}

impl File {
    /// Reads the file that `--config` or `LVS_CONFIG` names, and refuses keys that are no settings.
    fn read(known: &[String], typed: &ArgMatches, environment: &Environment) -> Result<Self, ConfigError> {
        let named = typed.get_one::<PathBuf>("config").cloned();
        let Some(path) = named.or_else(|| environment.get("LVS_CONFIG").map(PathBuf::from)) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::File { path: path.clone(), source })?;
        let keys: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError::Value {
            origin: path.display().to_string(),
            reason: error.to_string(),
        })?;
        if let Some(unknown) = keys.keys().find(|key| !known.contains(key)) {
            let meant = closest(unknown, known.iter().cloned())
                .map(|meant| format!("; did you mean `{meant}`?"))
                .unwrap_or_default();
            let reason = format!("`{unknown}` is not a setting{meant}");
            return Err(ConfigError::Value { origin: path.display().to_string(), reason });
        }
        Ok(Self { path, keys })
    }

    fn words(&self, setting: &clap::Arg) -> Result<Found, ConfigError> {
        let id = setting.get_id().as_str();
        let Some(value) = self.keys.get(id) else {
            return Ok(None);
        };
        let origin = format!("{}: {id}", self.path.display());
        let action = setting.get_action();
        let one = |value: &toml::Value| scalar(value).map(|text| word(setting, text.as_ref()));
        let words: Option<Vec<OsString>> = if matches!(action, ArgAction::SetTrue) {
            value.as_bool().map(|on| flag(setting, on))
        } else if let (Some(values), ArgAction::Append) = (value.as_array(), action) {
            values.iter().map(one).collect()
        } else {
            one(value).map(|word| vec![word])
        };
        match words {
            Some(words) => Ok(Some((origin, words))),
            None => Err(ConfigError::Value {
                origin,
                reason: format!("a {} is not what this setting takes", value.type_str()),
            }),
        }
    }
}

/// The text of a plain value.
fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => None,
    }
}

/// The environment variable of the setting called `id`.
fn variable(id: &str) -> String {
    format!("LVS_{}", id.to_ascii_uppercase())
}
