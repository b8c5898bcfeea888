//! The modules of this crate import each other in one direction: what is shared knows no app, no app knows another, and
//! nothing imports the wiring above it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is common to all apps, each with what it may import: the table of `lib.rs`. Every other module is an app, or `app`,
/// which is the wiring.
const SHARED: &[(&str, &[&str])] = &[
    ("media", &[]),
    ("platform", &["media", "limits"]),
    // What may be used; the platform has its counts.
    ("limits", &[]),
    ("links", &["platform"]),
    ("controls", &[]),
    ("view", &[]),
    ("providers", &[]),
    ("routing", &[]),
    ("prompting", &[]),
    ("grounding", &[]),
    ("asking", &["platform", "limits", "providers", "routing"]),
    ("facts", &[]),
    ("intake", &["facts", "limits", "media"]),
    ("tiers", &["media"]),
    ("module", &["facts", "limits", "intake", "tiers"]),
    ("account", &["platform", "limits"]),
    ("library", &["platform", "limits", "facts", "media", "intake", "module", "view"]),
    ("maintenance", &["platform", "media", "module"]),
    ("uploads", &["platform", "limits", "facts", "media", "intake", "module", "library", "maintenance"]),
    ("keeping", &["platform", "media", "module", "tiers"]),
    ("models", &["platform"]),
    ("webhooks", &["platform", "module"]),
];

/// The names of the modules in a folder, each with its text and that of all below.
fn modules(folder: &Path) -> BTreeMap<String, String> {
    fn all(path: &Path) -> String {
        if path.is_file() {
            return std::fs::read_to_string(path).unwrap();
        }
        std::fs::read_dir(path).unwrap().map(|entry| all(&entry.unwrap().path())).collect()
    }
    let mut found = BTreeMap::<String, String>::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if !["lib", "mod"].contains(&&*name) {
            found.entry(name).or_default().push_str(&all(&path));
        }
    }
    found
}

/// Which of `names` a text names after `before`, as in `crate::reel` or `crate::{library, reel}`.
fn imports(text: &str, before: &str, names: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(before) {
        let rest = &text[at + before.len()..];
        let rest = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap(),
            None => rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap(),
        };
        for word in rest.split(|c: char| !c.is_alphanumeric() && c != '_') {
            found.extend(names.get(word).cloned());
        }
    }
    found
}

#[test]
fn shared_modules_import_no_app_and_apps_do_not_import_each_other() {
    let modules = modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let names: BTreeSet<String> = modules.keys().cloned().collect();
    let apps: BTreeSet<&String> =
        names.iter().filter(|name| *name != "app" && SHARED.iter().all(|(shared, _)| shared != name)).collect();
    assert!(apps.contains(&"reel".to_owned()));
    for (name, text) in &modules {
        let mut found = imports(text, "crate::", &names);
        found.remove(name);
        if name == "app" {
            continue;
        }
        assert!(!found.contains("app"), "{name} imports the wiring");
        if let Some((_, may)) = SHARED.iter().find(|(shared, _)| shared == name) {
            let beyond: Vec<_> = found.iter().filter(|other| !may.contains(&other.as_str())).collect();
            assert!(beyond.is_empty(), "{name} imports {beyond:?}");
        } else {
            let others: Vec<_> = found.iter().filter(|other| apps.contains(other)).collect();
            assert!(others.is_empty(), "the app {name} imports the app {others:?}");
        }
    }
}

/// The crates below the apps have no type and no module of an app. The store has each app's tables, in files of its name and
/// in the list of modules.
#[test]
fn crates_below_the_apps_name_none_of_them() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let apps = modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let apps = apps.keys().filter(|name| *name != "app" && SHARED.iter().all(|(shared, _)| shared != name));
    for app in apps {
        let of_app = format!("{}{}", app[..1].to_uppercase(), &app[1..]);
        for below in ["domain", "blobs", "engine", "capability", "store"] {
            for (name, text) in modules(&crates.join(below).join("src")) {
                if below == "store" && (name == *app || name == "migrations") {
                    continue;
                }
                for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    let named = line.contains(&of_app) || line.contains(&format!("{app}::"));
                    assert!(!named, "{below}/{name} knows the app {app}: {line}");
                }
            }
        }
    }
}

#[test]
fn modules_of_an_app_have_no_import_cycle() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let apps = modules(&src).into_keys();
    for app in apps.filter(|name| name != "app" && SHARED.iter().all(|(shared, _)| shared != name)) {
        have_no_import_cycle(&app, &modules(&src.join(&app)));
    }
}

fn have_no_import_cycle(app: &str, modules: &BTreeMap<String, String>) {
    let names: BTreeSet<String> = modules.keys().cloned().collect();
    let graph: BTreeMap<&String, BTreeSet<String>> = modules
        .iter()
        // The script is a program of its own, whose files name each other by `super`.
        .filter(|(name, _)| *name != "script" && *name != "view")
        .map(|(name, text)| {
            let mut found = imports(text, "super::", &names);
            found.extend(imports(text, &format!("crate::{app}::"), &names));
            found.remove(name);
            (name, found)
        })
        .collect();
    let mut left = graph.clone();
    while let Some(leaf) =
        left.iter().find(|(_, imports)| imports.iter().all(|other| !left.contains_key(other))).map(|(name, _)| *name)
    {
        left.remove(leaf);
    }
    assert!(left.is_empty(), "these of {app} import each other: {left:#?}");
    assert!(graph.values().all(|imports| !imports.contains("module")), "something of {app} imports its wiring");
}
