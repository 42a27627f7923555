//! Where a setting's value comes from, and what is said about one that cannot be meant.

use local_video_server::config::{Cli, Command, LogFormat, Parsed, Settings, parse};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The environment of a user without any settings.
const HOME: (&str, &str) = ("HOME", "/home/ada");

fn parsed(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Parsed, String> {
    let arguments = ["local-video-server"].iter().chain(arguments).map(OsString::from);
    let environment = environment.iter().map(|(name, value)| (name.into(), value.into()));
    parse(arguments, environment).map_err(|error| error.to_string())
}

fn settings(arguments: &[&str], environment: &[(&str, &str)]) -> Settings {
    match parsed(arguments, environment).expect("these settings are valid").command {
        Command::Serve(settings) | Command::Demo(settings) => settings,
        Command::Tools(_) | Command::Health(_) | Command::Decode => unreachable!("these tests ask for other commands"),
    }
}

/// A settings file with this `text`, and the folder that keeps it.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, text).expect("a file can be written");
    let path = path.to_str().expect("temporary folders have plain names").to_owned();
    (folder, path)
}

#[test]
fn the_definition_is_sound() {
    <Cli as clap::CommandFactory>::command().debug_assert();
}

#[test]
fn without_settings_only_this_machine_is_served() {
    let settings = settings(&[], &[HOME]);
    assert_eq!(settings.listening.address().to_string(), "127.0.0.1:5000");
    assert_eq!(settings.data, Path::new("/home/ada/.local/share/local-video-server"));
    assert!(settings.folders.is_empty());
}

#[test]
fn serve_may_be_left_out() {
    for arguments in [&["/films", "--port", "1"][..], &["serve", "/films", "--port", "1"], &["--port", "1", "/films"]] {
        let settings = settings(arguments, &[HOME]);
        assert_eq!((settings.listening.port, settings.folders), (1, vec![PathBuf::from("/films")]));
    }
}

#[test]
fn the_demo_leaves_the_library_of_serve_alone() {
    let own = [HOME, ("LVS_FOLDERS", "/films"), ("LVS_IMAGES", "/images"), ("LVS_DATA", "/data"), ("LVS_PORT", "7")];
    let demo = |arguments: &[&str]| {
        let Command::Demo(settings) = parsed(arguments, &own).expect("valid").command else {
            unreachable!("that is what it was told")
        };
        settings
    };
    let settings = demo(&["demo"]);
    assert_eq!((settings.folders, settings.images, settings.listening.port), (vec![], None, 7));
    assert_eq!(settings.data, Path::new("/home/ada/.local/share/local-video-server-demo"));
    assert_eq!(demo(&["demo", "--data", "/elsewhere"]).data, Path::new("/elsewhere"));
}

#[test]
fn the_command_line_counts_before_the_environment_before_the_file() {
    let (_kept, path) =
        file("port = 3\nlog = \"warn\"\nlan = true\nfolders = [\"/c\", \"/d\"]\nhost_name = [\"x.lan\", \"y.lan\"]");
    let all = |arguments: &[&str], environment: &[(&str, &str)]| {
        settings(&[&["--config", &path], arguments].concat(), &[&[HOME], environment].concat())
    };
    let from_file = all(&[], &[]);
    assert_eq!((from_file.listening.port, from_file.log.as_str(), from_file.listening.lan), (3, "warn", true));
    assert_eq!(from_file.folders, [PathBuf::from("/c"), PathBuf::from("/d")]);
    assert_eq!(from_file.host_name, ["x.lan", "y.lan"]);

    let from_environment =
        all(&[], &[("LVS_PORT", "2"), ("LVS_LAN", "off"), ("LVS_FOLDERS", "/b:/e"), ("LVS_HOST_NAME", "z.lan")]);
    assert_eq!(
        (from_environment.listening.port, from_environment.log.as_str(), from_environment.listening.lan),
        (2, "warn", false)
    );
    assert_eq!(from_environment.folders, [PathBuf::from("/b"), PathBuf::from("/e")]);
    assert_eq!(from_environment.host_name, ["z.lan"]);

    let typed = all(&["/a", "--port", "1", "--lan"], &[("LVS_PORT", "2"), ("LVS_LAN", "off"), ("LVS_FOLDERS", "/b")]);
    assert_eq!((typed.listening.port, typed.listening.lan, typed.folders), (1, true, vec![PathBuf::from("/a")]));
}

#[test]
fn tools_work_on_the_data_folder_of_serve() {
    let data = |arguments: &[&str], environment: &[(&str, &str)]| {
        let parsed = parsed(arguments, environment).expect("valid");
        assert!(parsed.warnings.is_empty(), "the settings of serve are no mistakes here: {:?}", parsed.warnings);
        let Command::Tools(tools) = parsed.command else { unreachable!("`tools` was asked for") };
        tools.data
    };
    let (_kept, path) = file("data = \"/from/file\"\nport = 1");
    assert_eq!(data(&["tools", "log"], &[HOME]), settings(&[], &[HOME]).data);
    assert_eq!(data(&["tools", "log", "--config", &path], &[HOME]), Path::new("/from/file"));
    let environment = [HOME, ("LVS_CONFIG", &path), ("LVS_DATA", "/from/env"), ("LVS_PORT", "1")];
    assert_eq!(data(&["tools", "log"], &environment), Path::new("/from/env"));
    assert_eq!(data(&["tools", "log", "--data", "/typed"], &environment), Path::new("/typed"));
    assert_eq!(data(&["tools", "--data", "/typed", "log"], &environment), Path::new("/typed"));
}

#[test]
fn health_asks_where_serve_listens() {
    let asked = |arguments: &[&str], environment: &[(&str, &str)]| {
        let parsed = parsed(&[&["health"], arguments].concat(), environment).expect("valid");
        let Command::Health(health) = parsed.command else { unreachable!("`health` was asked for") };
        health.listening.ask_at().to_string()
    };
    assert_eq!(asked(&[], &[]), settings(&[], &[HOME]).listening.address().to_string());
    assert_eq!(asked(&[], &[("LVS_PORT", "81"), ("LVS_LAN", "true")]), "127.0.0.1:81");
    assert_eq!(asked(&["--bind", "192.168.1.20"], &[("LVS_PORT", "81")]), "192.168.1.20:81");
    assert_eq!(asked(&["--bind", "192.168.1.20", "--lan"], &[]), "127.0.0.1:5000");
    let (_kept, path) = file("port = 7\nlan = true\nfolders = [\"/films\"]");
    assert_eq!(asked(&["--ready"], &[("LVS_CONFIG", &path)]), "127.0.0.1:7");
}

#[test]
fn the_settings_file_can_be_named_by_the_environment() {
    let (_kept, path) = file("log_format = \"json\"\ndata = \"/srv/log\"");
    let settings = settings(&[], &[("LVS_CONFIG", &path)]);
    assert_eq!((settings.log_format, settings.data.as_path()), (LogFormat::Json, Path::new("/srv/log")));
}

#[test]
fn the_old_names_still_say_where_to_listen() {
    let old = [HOME, ("LVS_HOST", "0.0.0.0"), ("LVS_PORT", "8080")];
    assert_eq!(settings(&[], &old).listening.address().to_string(), "0.0.0.0:8080");
    assert_eq!(settings(&["--bind", "localhost"], &old).listening.address().to_string(), "127.0.0.1:8080");
}

#[test]
fn lan_opens_every_address() {
    assert_eq!(settings(&["--lan", "--bind", "127.0.0.1"], &[HOME]).listening.address().to_string(), "0.0.0.0:5000");
}

#[test]
fn what_is_unknown_is_named_with_what_was_probably_meant() {
    assert!(parsed(&["--dtaa", "x"], &[HOME]).expect_err("no such flag").contains("'--data'"));
    let (_kept, path) = file("prot = 1");
    let error = parsed(&["--config", &path], &[HOME]).expect_err("no such key");
    assert!(error.contains(&path) && error.contains("`prot`") && error.contains("`port`"), "{error}");
    let warnings = parsed(&[], &[HOME, ("LVS_PROT", "1"), ("LVS_CACHE_TIMEOUT", "5"), ("OTHER", "x")])
        .expect("only a warning")
        .warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("LVS_PROT") && warnings[0].contains("LVS_PORT?"), "{warnings:?}");
}

#[test]
fn a_wrong_value_names_the_place_it_came_from() {
    let (_kept, path) = file("port = 70000");
    let (_kept_too, list) = file("lan = [true]");
    let (_kept_as_well, broken) = file("port = = 1");
    for (arguments, environment, says) in [
        (vec!["--port", "x"], vec![HOME], "--port"),
        (vec!["--bind", "films"], vec![HOME], "192.168.1.20"),
        (vec![], vec![HOME, ("LVS_PORT", "True")], "LVS_PORT: "),
        (vec![], vec![HOME, ("LVS_LAN", "maybe")], "LVS_LAN: "),
        (vec!["--config", &path], vec![HOME], "settings.toml: port: "),
        (vec!["--config", &list], vec![HOME], "settings.toml: lan: "),
        (vec!["--config", &broken], vec![HOME], "settings.toml: "),
        (vec!["--config", "/nowhere.toml"], vec![HOME], "/nowhere.toml"),
        (vec![], vec![], "--data"),
    ] {
        let error = parsed(&arguments, &environment).expect_err("a value is wrong");
        assert!(error.contains(says), "{arguments:?} {environment:?}: {error}");
    }
}

#[test]
fn help_tells_every_setting() {
    let help = parsed(&["--help"], &[]).expect_err("help is printed instead");
    let command = <Cli as clap::CommandFactory>::command();
    let serve = command.find_subcommand("serve").expect("serve is a sub-command");
    for setting in serve.get_arguments() {
        let text = setting.get_help().map(ToString::to_string).unwrap_or_default();
        assert!(!text.is_empty(), "{} has no help", setting.get_id());
        let word = setting.get_long().map_or_else(|| "FOLDER".to_owned(), |long| format!("--{long}"));
        assert!(help.contains(&word), "{word} is missing");
    }
}
