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
    let apps = apps();
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

/// The names of the apps: the folders of this crate that are not shared.
fn apps() -> Vec<String> {
    let names = modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).into_keys();
    names.filter(|name| name != "app" && SHARED.iter().all(|(shared, _)| shared != name)).collect()
}

/// What may name an app though it is shared, each with its reason: the list of a layer, and what has another meaning.
const MAY_NAME: &[(&str, &str)] = &[
    ("store/src/migrations.rs", "the list of tables"),
    ("server/src/apps/mod.rs", "the list of apps, and that of their settings"),
    ("server/src/cli/bench/", "the list of benchmarks, which use the apps as people do"),
    ("providers/src/elevenlabs/transcription.rs", "ElevenLabs calls a model of its own so"),
];

/// The files of a folder and of all below, by their paths from `crates`.
fn files(crates: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(crates, &path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let name = path.strip_prefix(crates).unwrap().to_str().unwrap().to_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Whether a line of code names an app: in a name of several parts such as `ReelView` or `reels_of`, in a string, in the plural.
fn names_app(line: &str, app: &str) -> bool {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in line.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if c.is_alphabetic() {
            words.last_mut().unwrap().extend(c.to_lowercase());
        }
        before = c;
    }
    words.iter().any(|word| word.strip_suffix('s').unwrap_or(word) == app)
}

/// What is below the apps or beside them names none, in code or in a string, but for its own files of each layer and the lists.
/// Comments may, and so may tests.
#[test]
fn shared_code_names_no_app() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let apps = apps();
    let mut shared = Vec::new();
    let all =
        ["domain", "blobs", "engine", "capability", "store", "outbound", "providers", "local", "spoken", "whisper"];
    for name in all.into_iter().chain(["app", "server"]) {
        files(&crates, &crates.join(name).join("src"), &mut shared);
    }
    let of_an_app = |path: &str| {
        let parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
        apps.iter().any(|app| parts.contains(&app.as_str()))
    };
    let mut users = BTreeSet::new();
    for (path, text) in shared.iter().filter(|(path, _)| !of_an_app(path)) {
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        for line in code.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let line = line.split(" // ").next().unwrap();
            for app in apps.iter().filter(|app| names_app(line, app)) {
                // A crate lists its modules.
                if [format!("mod {app};"), format!("pub mod {app};"), format!("pub(crate) mod {app};")]
                    .contains(&line.to_owned())
                {
                    continue;
                }
                let may = MAY_NAME.iter().find(|(place, _)| path.starts_with(place));
                assert!(may.is_some(), "{path} knows the app {app}: {line}");
                users.extend(may);
            }
        }
    }
    assert_eq!(users, MAY_NAME.iter().collect(), "what is allowed is needed");
}

#[test]
fn a_line_names_an_app_in_code_and_in_strings() {
    for line in ["reel: ReelSettings,", "use crate::ReelView;", "\"reel.make\"", "fn of_reels()", "REELS", "A Reel."] {
        assert!(names_app(line, "reel"), "{line}");
    }
    for line in ["transcribe()", "struct Transcribe;", "describes", "captured", "freely", ""] {
        assert!(["reel", "scribe", "capture"].iter().all(|app| !names_app(line, app)), "{line}");
    }
}

/// A module by its path from the root of the crate, as in `["reel", "view", "rows"]`.
type Name = Vec<String>;

/// Every module of this crate but its root, each with its own code: no comments, and no tests.
fn tree() -> BTreeMap<Name, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &src, &mut found);
    let of = |(path, text): (String, String)| {
        let mut name: Name = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if ["lib", "mod"].contains(&name.last().unwrap().as_str()) {
            name.pop();
        }
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim().starts_with("//")).collect();
        (name, code.join("\n"))
    };
    found.into_iter().map(of).filter(|(name, _)| !name.is_empty()).collect()
}

/// The paths at the beginning of a text, and what follows them: `view::{rows::Rows, list}` is two.
fn paths(text: &str) -> (Vec<Vec<&str>>, &str) {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut found = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| !is_of_name(c) && c != '{' && c != '}');
            if !rest.starts_with(|c: char| is_of_name(c) || c == '{') {
                return (found, rest.strip_prefix('}').unwrap_or(rest));
            }
            let (more, after) = paths(rest);
            found.extend(more);
            rest = after;
        }
    }
    let (name, rest) = text.split_at(text.find(|c: char| !is_of_name(c)).unwrap_or(text.len()));
    match rest.strip_prefix("::") {
        Some(below) => {
            let (below, rest) = paths(below);
            (below.into_iter().map(|path| [vec![name], path].concat()).collect(), rest)
        }
        None => (vec![vec![name]], rest),
    }
}

/// What the code of a module names by `crate::` or `super::`, by its path from the root of the crate.
fn named(module: &[String], code: &str) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for (at, _) in ["crate::", "super::"].iter().flat_map(|start| code.match_indices(start)) {
        // The second of `super::super::` is a part of the first.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        for path in paths(&code[at..]).0 {
            let up = path.iter().take_while(|part| **part == "super").count();
            let from = if up == 0 { 0 } else { module.len().saturating_sub(up) };
            let below = path.iter().skip(up.max(1)).map(|part| (*part).to_owned());
            found.insert(module[..from].iter().cloned().chain(below).collect());
        }
    }
    found
}

/// Which modules of the same parent a module imports, itself or by a module inside it: by the parent, then by the module.
fn sibling_imports(tree: &BTreeMap<Name, String>) -> BTreeMap<Name, BTreeMap<Name, BTreeSet<Name>>> {
    let mut graphs = BTreeMap::<Name, BTreeMap<Name, BTreeSet<Name>>>::new();
    for (module, code) in tree {
        for other in named(module, code) {
            let common = module.iter().zip(&other).take_while(|(one, two)| one == two).count();
            if common < module.len() && common < other.len() && tree.contains_key(&other[..=common]) {
                let graph = graphs.entry(module[..common].to_vec()).or_default();
                graph.entry(module[..=common].to_vec()).or_default().insert(other[..=common].to_vec());
            }
        }
    }
    graphs
}

#[test]
fn modules_of_a_parent_have_no_import_cycle() {
    let graphs = sibling_imports(&tree());
    assert!(graphs.len() > apps().len() + 1, "modules inside the apps are seen, too");
    for (parent, graph) in &graphs {
        let mut left = graph.clone();
        while let Some(leaf) =
            left.iter().find(|(_, imports)| imports.iter().all(|other| !left.contains_key(other))).map(|(name, _)| name)
        {
            let leaf = leaf.clone();
            left.remove(&leaf);
        }
        assert!(left.is_empty(), "these of {} import each other: {left:#?}", parent.join("::"));
    }
    for app in apps() {
        let wiring = vec![app.clone(), "module".to_owned()];
        let of_app = graphs.get([app.clone()].as_slice()).unwrap();
        assert!(of_app.values().all(|imports| !imports.contains(&wiring)), "something of {app} imports its wiring");
    }
}

#[test]
fn paths_of_modules_are_resolved() {
    let module = ["reel", "view", "rows"].map(str::to_owned);
    let code = "use super::{self, details::Details};\nuse super::super::stage::Stage;\n\
                use crate::{library, reel::{note::{One, Two}, previews}};\nlet links = crate::links::Signer::of();";
    let found: Vec<String> = named(&module, code).iter().map(|name| name.join("::")).collect();
    let expected = [
        "library",
        "links::Signer::of",
        "reel::note::One",
        "reel::note::Two",
        "reel::previews",
        "reel::stage::Stage",
        "reel::view::details::Details",
        "reel::view::self",
    ];
    assert_eq!(found, expected);
}
