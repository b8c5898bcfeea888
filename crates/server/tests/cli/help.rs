//! Help, wrong usage, exit codes, logs.

use std::io::Read as _;
use std::process::Stdio;

use crate::support::{Place, Ran, sluice};

/// Every command with all of its subcommands, as their help lists them.
fn all_commands(place: &Place) -> Vec<Vec<String>> {
    let (mut all, mut next) = (Vec::new(), vec![Vec::new()]);
    while let Some(command) = next.pop() {
        let help = help(place, &command);
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        // Descriptions that are wrapped are indented further.
        let names = listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
        for name in names.filter(|name| *name != "help") {
            next.push([command.clone(), vec![name.to_owned()]].concat());
        }
        all.push(command);
    }
    all
}

fn help(place: &Place, command: &[String]) -> String {
    let arguments = [command, &["--help".to_owned()]].concat();
    let ran: Ran = sluice(&place.path("")).args(arguments).env("COLUMNS", "200").output().unwrap().into();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command:?}");
    ran.stdout
}

#[test]
fn each_page_of_help_fits_and_names_the_global_options_once() {
    let place = Place::new();
    let all = all_commands(&place);
    assert!(all.len() > 20, "{all:?}");
    for command in all {
        let help = help(&place, &command);
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{command:?}: {line}");
        }
        let (own, global) = help.split_once("\nGlobal options:\n").unwrap_or_else(|| panic!("{command:?}: {help}"));
        assert!(!own.contains("--data <"), "{command:?}: {help}");
        assert_eq!(global.matches("--data ").count(), 1, "{command:?}: {help}");
        assert!(!help.contains('`'), "{command:?}: {help}");
    }
}

#[test]
fn each_global_option_says_its_variable_and_its_default() {
    let help = help(&Place::new(), &[]);
    let (_, global) = help.split_once("\nGlobal options:\n").unwrap();
    let mut options: Vec<String> = Vec::new();
    for line in global.lines().take_while(|line| !line.starts_with("Exit codes")) {
        if line.trim_start().starts_with("--") {
            options.push(String::new());
        }
        if let Some(option) = options.last_mut() {
            option.push_str(line.trim());
            option.push(' ');
        }
    }
    assert!(options.len() >= 12, "{options:?}");
    for option in options {
        assert!(option.contains("[env: SLUICE_") && option.contains("[default: "), "{option}");
    }
}

#[test]
fn the_issuer_of_tokens_has_a_heading_for_its_options_alone() {
    let help = help(&Place::new(), &["serve".to_owned()]);
    let (_, issuer) = help.split_once("\nSign-in by OpenID Connect:\n").unwrap();
    let own = issuer.lines().take_while(|line| line.is_empty() || line.starts_with(' '));
    let options: Vec<&str> = own.map(str::trim).filter(|line| line.starts_with("--")).collect();
    assert!(options.len() >= 6 && options.iter().all(|option| option.starts_with("--oidc-")), "{options:?}");
}

#[test]
fn an_invalid_value_names_the_option_and_what_is_allowed() {
    let place = Place::new();
    for (arguments, option, allowed) in [
        (&["doctor", "--workers", "0"][..], "--workers", "1..=1024"),
        (&["doctor", "--upload-limit", "many"], "--upload-limit", "20MiB"),
        (&["doctor", "--log-format", "xml"], "--log-format", "json"),
        (&["reel", "a.pdf", "--shape", "2:1"], "--shape", "16:9, 9:16 or 1:1"),
        (&["jobs", "list", "--state", "odd"], "--state", "running"),
        (&["jobs", "redrive", "--since", "60"], "--since", "60s"),
        (&["limits", "set", "--owner", "*", "--rate", "60"], "--rate", "60/m"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(option) && ran.stderr.contains(allowed), "{ran:?}");
        let ran = place.run(&[arguments, &["--json"]].concat());
        // Not every command prints JSON; that is a mistake of usage, too.
        let failure = ran.failure();
        assert_eq!((ran.code, failure["code"].as_str()), (2, Some("usage")), "{ran:?}");
        assert!(!failure["detail"].as_str().unwrap().contains("--help"), "{failure}");
    }
    assert!(!place.data().exists());
}

#[test]
fn without_home_the_missing_data_folder_is_named() {
    let place = Place::new();
    let mut command = sluice(&place.path(""));
    command.args(["jobs", "list", "--json"]).env_remove("HOME").env_remove("XDG_DATA_HOME");
    let ran: Ran = command.output().unwrap().into();
    let failure = ran.failure();
    let detail = failure["detail"].as_str().unwrap();
    assert_eq!((ran.code, &failure["code"]), (2, &"data_folder_unknown".into()));
    assert!(detail.contains("HOME is not set") && detail.contains("--data"), "{detail}");
    for (variable, other) in [("HOME", "XDG_DATA_HOME"), ("XDG_DATA_HOME", "HOME")] {
        let mut command = sluice(&place.path(""));
        command.args(["jobs", "list", "--json"]).env(variable, "here").env_remove(other);
        let ran: Ran = command.output().unwrap().into();
        let failure = ran.failure();
        assert_eq!((ran.code, &failure["code"]), (2, &"data_folder_unknown".into()), "{variable}");
        let detail = failure["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("{variable} is not an absolute path")), "{detail}");
    }
    assert!(place.names().is_empty(), "nothing is made in the present folder");
    let mut command = sluice(&place.path(""));
    command.arg("openapi").env_remove("HOME").env_remove("XDG_DATA_HOME");
    assert!(command.output().unwrap().status.success(), "what needs no folder works");
}

#[test]
fn a_data_folder_without_a_database_is_a_mistake_of_the_command() {
    let place = Place::new();
    let ran = place.run(&["jobs", "list", "--json"]);
    let failure = ran.failure();
    assert_eq!((ran.code, &failure["code"]), (2, &"no_database".into()), "{failure}");
    assert!(failure["detail"].as_str().unwrap().contains("--data"), "{failure}");
    assert!(!place.data().exists());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::new();
    let mut child = place.command(&["openapi"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn what_is_logged_comes_from_the_option_or_else_from_rust_log() {
    let place = Place::new();
    let run = |option: &[&str], rust_log: &str| -> Ran {
        let arguments = [&["doctor", "--json"], option].concat();
        let mut command = place.command(&arguments);
        command.env("RUST_LOG", rust_log).env("PATH", "/nowhere").output().unwrap().into()
    };
    for ran in [run(&["--log", "a=b=c"], ""), run(&[], "a=b=c")] {
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.failure()["detail"].as_str().unwrap().contains("RUST_LOG"), "{ran:?}");
    }
    assert!(!run(&["--log", "info"], "a=b=c").stdout.is_empty(), "the option comes first");
    assert!(!run(&[], "warn").stdout.is_empty());
}
