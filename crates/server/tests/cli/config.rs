//! The configuration: precedence, secrets in files, and what is said of mistakes.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::{Place, Ran};

/// A command on the file `sluice.toml` of the folder, without a data folder from the environment.
fn run(place: &Place, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = place.command(arguments);
    command.env_remove("SLUICE_DATA").env("SLUICE_CONFIG", "sluice.toml").envs(environment.iter().copied());
    command.env_remove("SLUICE_MODELS").output().unwrap().into()
}

fn with(text: &str) -> Place {
    let place = Place::new();
    place.write("sluice.toml", text);
    place
}

/// What `config check --json` says, after the text form was found to say as much.
fn check(place: &Place, environment: &[(&str, &str)]) -> Value {
    let ran = run(place, &["config", "check", "--json"], environment);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let errors = report["errors"].as_array().unwrap();
    assert_eq!((ran.code, report["ok"] == true), if errors.is_empty() { (0, true) } else { (2, false) }, "{ran:?}");
    let text = run(place, &["config", "check"], environment);
    assert_eq!((text.code, text.stdout.matches("error: ").count()), (ran.code, errors.len()), "{text:?}");
    if !errors.is_empty() {
        let failure: Value = serde_json::from_str(&ran.stderr).unwrap();
        assert_eq!(failure["code"], "configuration_invalid");
    }
    report
}

/// The only error in such a file: line, column, key, and the whole of it as text.
fn only_error(text: &str) -> (u64, u64, String, String) {
    let place = with(text);
    let report = check(&place, &[]);
    let errors = report["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{text}: {report}");
    let said = run(&place, &["config", "check"], &[]).stdout;
    let at = |name: &str| errors[0][name].as_u64().unwrap_or_else(|| panic!("{name}: {report}"));
    (at("line"), at("column"), errors[0]["key"].as_str().unwrap().to_owned(), said)
}

#[test]
fn each_kind_of_mistake_has_its_place_its_key_and_what_is_expected() {
    for (text, line, column, key, said) in [
        ("workers = 2\nlisten = 8080\n", 2, 10, "listen", "found integer; expected a string"),
        ("workers = \"two\"", 1, 11, "workers", "expected an integer"),
        ("listen = \"8080\"", 1, 10, "listen", "expected ADDRESS:PORT (invalid socket address syntax)"),
        ("\n\nworkers = 0", 3, 11, "workers", "from 1 to 1024"),
        ("workers = 1.5", 1, 11, "workers", "found float"),
        ("upload_limit = \"20 parsecs\"", 1, 16, "upload_limit", "20MiB"),
        ("upload_limit = true", 1, 16, "upload_limit", "with a unit"),
        ("single_user = \"yes\"", 1, 15, "single_user", "true or false"),
        ("role = \"wroker\"", 1, 8, "role", "one of all, api, worker; did you mean worker?"),
        ("pools = \"video\"", 1, 9, "pools", "an array of strings"),
        ("pools = [\"video\", 3]", 1, 19, "pools", "a string without a comma"),
        ("trusted_proxies = [\"10.0.0.0/99\"]", 1, 19, "trusted_proxies", "an address or a network"),
        ("wrokers = 2", 1, 1, "wrokers", "did you mean workers?"),
        ("[database]\n  conections = 5", 2, 3, "database.conections", "did you mean database.connections?"),
        ("database_url = \"x\"", 1, 1, "database_url", "did you mean database.url?"),
        ("[databse]\nurl = \"x\"", 1, 2, "databse", "unknown table; did you mean database?"),
        ("database = 5", 1, 1, "database", "expected a table"),
        ("weather = \"fine\"", 1, 1, "weather", "unknown key"),
        ("oidc.issuer = \"http://example.org\"\noidc.client_id = \"x\"", 1, 15, "oidc.issuer", "https"),
        ("[oidc]\nname = \"Example\"", 2, 8, "oidc.name", "it needs oidc.issuer"),
        ("[s3]\naccess_key_id = \"x\"", 2, 17, "s3.access_key_id", "it needs s3.secret"),
        ("single_user = true\npublic_url = \"https://a.example\"", 2, 14, "public_url", "single_user"),
        ("single_user = true\nlisten = \"0.0.0.0:80\"", 2, 10, "listen", "not a loopback address"),
        ("role = \"worker\"", 1, 8, "role", "PostgreSQL"),
        ("[database]\nurl = \"mysql://db\"", 2, 7, "database.url", "postgres://"),
        ("[oidc]\nissuer = \"https://a.example\"", 2, 10, "oidc.issuer", "--oidc-audiences"),
        ("blobs = \"ftp://bucket\"", 1, 9, "blobs", "s3://"),
        ("log = \"a=b=c\"", 1, 7, "log", "info,sluice_engine=debug"),
        ("[database]\nurl_file = \"missing\"", 2, 12, "database.url", "missing"),
        ("[outbound]\nproxy = \"gopher:// x\"", 2, 9, "outbound.proxy", "proxy"),
        ("data = \"\"", 1, 8, "data", "not empty"),
    ] {
        let (at_line, at_column, at_key, text_said) = only_error(text);
        assert_eq!((at_line, at_column, at_key.as_str()), (line, column, key), "{text}: {text_said}");
        assert!(text_said.contains(&format!("sluice.toml:{line}:{column}: {key}: ")), "{text}: {text_said}");
        assert!(text_said.contains(said), "{text}: {text_said}");
    }
}

#[test]
fn what_is_no_toml_is_said_with_its_place_and_so_is_everything_else() {
    let place = with("workers = \nlisten = \"127.0.0.1:0\"\nlisten = \"127.0.0.1:1\"\nwrokers = 1\n[s3\n");
    let report = check(&place, &[]);
    let lines: Vec<u64> =
        report["errors"].as_array().unwrap().iter().filter_map(|error| error["line"].as_u64()).collect();
    for line in [1, 3, 4, 5] {
        assert!(lines.contains(&line), "{line}: {report}");
    }
    std::fs::write(place.path("sluice.toml"), b"workers = 2\nlog = \"\xff\"\n").unwrap();
    let report = check(&place, &[]);
    assert_eq!((&report["errors"][0]["line"], &report["errors"][0]["column"]), (&json!(2), &json!(8)), "{report}");
}

#[test]
fn all_mistakes_are_reported_at_once_and_a_server_refuses_with_the_same_words() {
    let place = with("workers = 0\nwrokers = 1\n[database]\nurl = 5\n");
    let environment = [("SLUICE_LISTEN", "8080"), ("SLUICE_SINGLE_USER", "maybe"), ("SLUICE_SIGN_UPS", "open")];
    let report = check(&place, &environment);
    assert_eq!(report["errors"].as_array().unwrap().len(), 5, "{report}");
    let variables: Vec<&str> =
        report["errors"].as_array().unwrap().iter().filter_map(|error| error["variable"].as_str()).collect();
    assert_eq!(variables, ["SLUICE_LISTEN", "SLUICE_SINGLE_USER"]);
    // What belongs to no setting is none of our business, perhaps.
    assert_eq!(report["warnings"][0]["variable"], "SLUICE_SIGN_UPS");
    assert_eq!(report["warnings"][0]["nearest"], "SLUICE_SIGN_UP");
    let said = run(&place, &["config", "check"], &environment).stdout;
    let expected: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
    for command in [&["serve"][..], &["doctor"], &["config", "show"], &["jobs", "list"]] {
        let ran = run(&place, command, &environment);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert_eq!(ran.stderr, format!("sluice: {}\n", expected.join("\n")), "{command:?}");
    }
    let failure = run(&place, &["jobs", "list", "--json"], &environment).failure();
    assert_eq!((&failure["code"], &failure["detail"]), (&json!("configuration_invalid"), &json!(expected.join("\n"))));
}

/// One run is enough to know what is to be mended: no mistake hides another, of whatever kind they are.
#[test]
fn no_mistake_in_providers_routes_prices_and_limits_hides_another() {
    let place = with(
        "workers = 0\nlisten = \"0.0.0.0:8080\"\nsingle_user = true\n\
         [providers.work]\nkind = \"openai\"\nurl = \"ftp://x\"\nby_webhook = \"yes\"\ncolour = \"red\"\n\
         [providers.work.prices.gpt]\ninput = \"a lot\"\noutput = 2\n\
         [providers.odd]\nkind = \"opnai\"\nserver = \"vlm\"\n\
         [[route.speak]]\nprovider = \"odd\"\n\
         [[route.speak]]\nprovider = \"nobody\"\nlanguages = [\"xx\"]\nlongest = -1\n\
         [[route.sing]]\nprovider = \"work\"\n\
         [plans.team]\nuser = { jobs_at_once = { hard = \"many\" } }\ntoken = { requests = { hard = 1 } }\n",
    );
    let report = check(&place, &[]);
    let said = run(&place, &["config", "check"], &[]).stdout;
    for (place, words) in [
        ("sluice.toml:1:11: workers", "from 1 to 1024"),
        ("listen: ", "not a loopback address"),
        ("providers.work: ", "\"ftp://x\" is no address"),
        ("sluice.toml:7:14: providers.work: ", "true or false"),
        ("sluice.toml:8:1: providers.work: ", "colour"),
        ("providers.work.prices.gpt: ", "a lot"),
        ("sluice.toml:11:10: providers.work: ", "string"),
        ("sluice.toml:13:8: providers.odd: ", "opnai"),
        ("sluice.toml:14:10: providers.odd: ", "vlm"),
        ("route.speak[1]: ", "there is no provider \"nobody\""),
        ("sluice.toml:19:13: route: ", "xx"),
        ("sluice.toml:20:11: route: ", ""),
        ("sluice.toml:21:9: route: ", "sing"),
        ("sluice.toml:24:", "plans: "),
        ("sluice.toml:25:", "plans: "),
    ] {
        let is_it = |line: &str| line.contains(place) && line.contains(words);
        assert_eq!(said.lines().filter(|line| is_it(line)).count(), 1, "{place} {words}:\n{said}");
    }
    assert_eq!(report["errors"].as_array().unwrap().len(), 15, "and no others:\n{said}");
}

#[test]
fn a_route_without_a_provider_hides_no_mistake_of_another() {
    let place = with(
        "[providers.work]\nkind = \"openai\"\n\
         [[route.speak]]\nlanguages = [\"en\"]\nlongest = 2\nshortest = 5\n\
         [[route.speak]]\nprovider = 7\n\
         [[route.speak]]\nprovider = \"nobody\"\n\
         [[route.read]]\nprovider = \"work\"\n",
    );
    let report = check(&place, &[]);
    let said = run(&place, &["config", "check"], &[]).stdout;
    for (place, words) in [
        ("sluice.toml:3:1: route: ", "provider is missing"),
        ("route.speak[0]: ", "no request is both"),
        ("sluice.toml:8:12: route: ", "expected a string"),
        ("route.speak[2]: ", "there is no provider \"nobody\""),
        ("route.read[0]: ", "cannot read"),
    ] {
        let is_it = |line: &&str| line.contains(place) && line.contains(words);
        assert_eq!(said.lines().filter(is_it).count(), 1, "{place} {words}:\n{said}");
    }
    assert_eq!(report["errors"].as_array().unwrap().len(), 5, "and no others:\n{said}");
}

#[test]
fn a_file_that_was_named_has_to_be_there_and_the_usual_one_not() {
    let place = Place::new();
    let report = check(&place, &[]);
    assert!(report["errors"][0]["message"].as_str().unwrap().contains("cannot be read"), "{report}");
    std::fs::create_dir(place.path("sluice.toml")).unwrap();
    assert_eq!(check(&place, &[])["errors"].as_array().unwrap().len(), 1, "a folder");
    let folder = place.path("settings");
    let settings = |place: &Place| {
        let mut command = place.command(&["config", "check", "--json"]);
        let ran: Ran = command.env("XDG_CONFIG_HOME", &folder).output().unwrap().into();
        (ran.code, serde_json::from_str::<Value>(&ran.stdout).unwrap()["file"].clone())
    };
    assert_eq!(settings(&place), (0, Value::Null));
    std::fs::create_dir_all(folder.join("sluice")).unwrap();
    let file = folder.join("sluice/sluice.toml");
    std::fs::write(&file, "workers = 3\n").unwrap();
    assert_eq!(settings(&place), (0, json!(file.display().to_string())));
    std::fs::write(&file, "workers = true\n").unwrap();
    assert_eq!(settings(&place).0, 2);
}

/// Each setting that `config show --json` shows, by key: (value, source of its origin).
fn shown(ran: &Ran, key: &str) -> (Value, Value) {
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let found = report["settings"].as_array().unwrap().iter().find(|setting| setting["key"] == key).unwrap().clone();
    (found["value"].clone(), found["origin"]["source"].clone())
}

#[test]
fn the_command_line_comes_before_the_environment_before_the_file_before_the_default() {
    let place = with("workers = 3\npools = [\"a\", \"b\"]\nsingle_user = true\n[database]\nconnections = 5\n");
    let show = |arguments: &[&str], environment: &[(&str, &str)]| {
        run(&place, &[&["config", "show", "--json"], arguments].concat(), environment)
    };
    let all = show(&[], &[]);
    for (key, value, source) in [
        ("workers", json!(3), "file"),
        ("pools", json!(["a", "b"]), "file"),
        ("single_user", json!(true), "file"),
        ("database.connections", json!(5), "file"),
        ("database.timeout", json!(10), "default"),
        ("listen", json!("127.0.0.1:8080"), "default"),
    ] {
        assert_eq!(shown(&all, key), (value, json!(source)), "{key}");
    }
    let environment = [("SLUICE_WORKERS", "4"), ("SLUICE_SINGLE_USER", "false"), ("SLUICE_POOLS", "c,d")];
    let all = show(&[], &environment);
    assert_eq!(shown(&all, "workers"), (json!(4), json!("environment")));
    assert_eq!(shown(&all, "single_user"), (json!(false), json!("environment")));
    assert_eq!(shown(&all, "pools"), (json!(["c", "d"]), json!("environment")));
    assert_eq!(shown(&show(&["--workers", "6"], &environment), "workers"), (json!(6), json!("command_line")));
    assert_eq!(shown(&show(&[], &[("SLUICE_WORKERS", "")]), "workers"), (json!(3), json!("file")), "empty is unset");
    let text = run(&place, &["config", "show"], &[]).stdout;
    let line = text.lines().find(|line| line.starts_with("database.connections ")).unwrap();
    assert!(line.contains(" 5 ") && line.ends_with("sluice.toml:5:15"), "{line}");
}

/// The values arrive: a command uses the data folder that the file names, which is relative to the file.
#[test]
fn a_command_uses_what_the_file_says() {
    let place = Place::new();
    std::fs::create_dir(place.path("etc")).unwrap();
    place.write("etc/a.toml", "data = \"store\"\n");
    let ran = run(&place, &["user", "list", "--json"], &[("SLUICE_CONFIG", "etc/a.toml")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(place.path("etc/store/sluice.db").exists());
    let ran = run(&place, &["user", "list", "--json", "--config", "etc/a.toml", "--data", "other"], &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(place.path("other/sluice.db").exists());
}

#[test]
fn a_secret_may_be_in_a_file_of_its_own_and_is_never_shown() {
    let place = with("[database]\nurl_file = \"url\"\n");
    place.write("url", "postgres://sluice:hunter2@db/sluice\r\n");
    place.write("other", "postgres://other:hunter2@db/sluice\n");
    std::fs::set_permissions(place.path("url"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let show = |environment: &[(&str, &str)], more: &[&str]| {
        let ran = run(&place, &[&["config", "show", "--json"], more].concat(), environment);
        assert!(!ran.stdout.contains("hunter2") && !ran.stderr.contains("hunter2"), "{ran:?}");
        let text = run(&place, &[&["config", "show"], more].concat(), environment);
        assert!(!text.stdout.contains("hunter2"), "{text:?}");
        shown(&ran, "database.url")
    };
    assert_eq!(show(&[], &[]), (json!("********"), json!("file")));
    assert_eq!(show(&[("SLUICE_DATABASE_URL_FILE", "other")], &[]), (json!("********"), json!("environment")));
    assert_eq!(show(&[("SLUICE_DATABASE_URL", "postgres://db/x")], &[]), (json!("********"), json!("environment")));
    let by_option = show(&[("SLUICE_DATABASE_URL", "postgres://db/x")], &["--database-url-file", "other"]);
    assert_eq!(by_option, (json!("********"), json!("command_line")));
    // The doctor describes what it was given, without the password.
    let ran = run(&place, &["doctor"], &[("SLUICE_DATABASE_TIMEOUT", "1")]);
    assert!(ran.stdout.contains("db/sluice") && !ran.stdout.contains("hunter2"), "{ran:?}");

    let both = [("SLUICE_DATABASE_URL", "postgres://db/x"), ("SLUICE_DATABASE_URL_FILE", "other")];
    let report = check(&place, &both);
    assert_eq!((&report["errors"][0]["key"], report["errors"].as_array().unwrap().len()), (&json!("database.url"), 1));
    place.write("sluice.toml", "[database]\nurl = \"postgres://db/x\"\nurl_file = \"url\"\n");
    assert_eq!(check(&place, &[])["errors"][0]["line"], 2);
    // A secret that is not allowed is not repeated.
    place.write("sluice.toml", "[database]\nurl_file = \"url\"\n");
    place.write("url", "mysql://hunter2@db\n");
    let ran = run(&place, &["config", "check"], &[]);
    assert!(ran.code == 2 && !ran.stdout.contains("hunter2"), "{ran:?}");
    place.write("url", "\n");
    assert!(check(&place, &[])["errors"][0]["message"].as_str().unwrap().contains("empty"));
}

#[test]
fn a_secret_that_everybody_can_read_is_warned_of() {
    let place = with("[database]\nurl_file = \"url\"\n");
    place.write("url", "postgres://db/sluice");
    let mut modes = Vec::new();
    for mode in [0o600, 0o640, 0o644] {
        std::fs::set_permissions(place.path("url"), std::fs::Permissions::from_mode(mode)).unwrap();
        let report = check(&place, &[]);
        modes.push(report["warnings"].as_array().unwrap().len());
    }
    assert_eq!(modes, [0, 0, 1]);
    let ran = run(&place, &["config", "check"], &[]);
    assert!(
        ran.stdout.contains("warning: sluice.toml:2:12: database.url: ") && ran.stdout.contains("chmod"),
        "{ran:?}"
    );
    let ran = run(&place, &["doctor", "--log", "warn"], &[("SLUICE_DATABASE_TIMEOUT", "1")]);
    assert!(ran.stderr.contains("chmod"), "{ran:?}");
}

#[test]
fn the_list_has_every_option_with_a_variable_once() {
    let place = Place::new();
    let ran = place.run(&["config", "list", "--json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let listed = report["settings"].as_array().unwrap();
    assert!(listed.len() > 35, "{}", listed.len());
    let mut keys: Vec<&str> = listed.iter().map(|setting| setting["key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    let all = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), all);
    for setting in listed {
        for field in ["type", "default", "env", "option", "doc"] {
            assert!(!setting[field].as_str().unwrap().is_empty(), "{field}: {setting}");
        }
        assert_eq!(setting["secret"] == true, !setting["file_env"].is_null(), "{setting}");
    }
    let secrets: Vec<&str> =
        listed.iter().filter(|it| it["secret"] == true).map(|it| it["env"].as_str().unwrap()).collect();
    for secret in ["DATABASE_URL", "DATABASE_DIRECT_URL", "S3_SECRET", "OUTBOUND_PROXY", "OIDC_CLIENT_SECRET"] {
        assert!(secrets.contains(&format!("SLUICE_{secret}").as_str()), "{secret}");
    }
    let text = place.run(&["config", "list"]).stdout;
    assert!(text.contains("database.url (string)") && text.contains("SLUICE_DATABASE_URL_FILE"), "{text}");
}

#[test]
fn the_example_of_the_documentation_is_valid() {
    let document = include_str!("../../../../docs/configuration.md");
    let (_, rest) = document.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let place = with(example);
    std::fs::create_dir(place.path("secrets")).unwrap();
    for (name, secret) in [("database-url", "postgres://db/sluice"), ("s3", "secret"), ("oidc", "secret")] {
        place.write(&format!("secrets/{name}"), secret);
    }
    let report = check(&place, &[]);
    assert_eq!((report["ok"].clone(), report["errors"].clone()), (json!(true), json!([])), "{report}");
    let show = run(&place, &["config", "show"], &[]).stdout;
    let keys = example.lines().filter(|line| line.contains(" = ")).count();
    assert_eq!(show.lines().filter(|line| line.contains("sluice.toml:")).count(), keys, "{show}");
}
