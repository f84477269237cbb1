//! The structure of the source: which way modules depend, and where each code is raised.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must panic")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use mock_calls::domain::code::Code;

/// Each room and the rooms it may use, beside itself.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("openapi", &[]),
    ("route", &["openapi"]),
    ("domain", &[]),
    ("runtime", &["domain"]),
    ("http", &["openapi", "route", "runtime", "domain"]),
    ("control", &["openapi", "route", "runtime", "domain"]),
    ("config", &["runtime", "domain"]),
    ("banner", &["config", "domain"]),
    ("server", &["openapi", "config", "http", "control", "runtime", "domain"]),
    // Does what the handlers do, by their own functions, so that both obey the same rules.
    ("embedded", &["server", "config", "http", "control", "runtime", "domain"]),
    // Rooms of the binary: what a library is embedded without. They are no rooms of the library,
    // and so nothing there can use them.
    ("cli", &["banner", "config", "server"]),
    ("main", &["cli"]),
];

/// What the rules must do without.
const NOT_IN_DOMAIN: [&str; 12] = [
    "axum",
    "tokio",
    "tower",
    "tower_http",
    "hyper",
    "hyper_util",
    "uuid",
    "tracing",
    "fastrand",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::sync::Mutex",
];

/// Where errors are described or shown, and none is raised.
const NAMES_ALL: [&str; 2] = ["domain/error.rs", "domain/example.rs"];

fn source_files() -> Vec<PathBuf> {
    fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root(), &mut files);
    files.sort();
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The path below `src`, with `/` between its parts.
fn name(file: &Path) -> String {
    let parts = file.strip_prefix(root()).unwrap().iter().map(|part| part.to_str().unwrap());
    parts.collect::<Vec<_>>().join("/")
}

/// The code without its tests and comments.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap().lines();
    code.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules of this crate that a file names, however its imports are nested.
fn rooms_used(code: &str) -> Vec<&str> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("mock_calls::")) {
        // The name of a log target.
        if code.get(..at).is_some_and(|before| before.ends_with('"')) {
            continue;
        }
        let rest = code.get(at..).unwrap().split_once("::").unwrap().1;
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let top_level = list.split_inclusive([',', '{', '}']).filter(|piece| {
                let here = depth;
                depth += match piece.chars().last() {
                    Some('{') => 1,
                    Some('}') => -1,
                    _ => 0,
                };
                here == 0
            });
            let end = list.find(";\n").unwrap_or(list.len());
            let start = list.as_ptr() as usize;
            used.extend(
                top_level
                    .take_while(|piece| piece.as_ptr() as usize - start < end)
                    .map(first_word)
                    .filter(|word| !word.is_empty()),
            );
        } else {
            used.push(first_word(rest));
        }
    }
    used
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[test]
fn modules_depend_one_way() {
    let rooms: BTreeMap<_, _> = MAY_USE.into_iter().collect();
    for file in source_files() {
        let name = name(&file);
        let room = name.split(['/', '.']).next().unwrap().to_owned();
        if room == "lib" {
            continue;
        }
        let may = rooms.get(room.as_str()).unwrap_or_else(|| panic!("{name} has no room"));
        for used in rooms_used(&code_of(&file)) {
            assert!(
                used == room || may.contains(&used),
                "{name} uses {used}; {room} may use {may:?}"
            );
        }
    }
}

#[test]
fn the_reader_of_imports_finds_them() {
    let code = "use crate::{\n    domain::{access::Via, ids},\n    runtime::app::App,\n};\nlet x = crate::http::y();";
    assert_eq!(rooms_used(code), ["domain", "runtime", "http"]);
}

#[test]
fn the_domain_is_pure() {
    for file in source_files() {
        let (name, code) = (name(&file), code_of(&file));
        if name.starts_with("domain/") {
            for word in NOT_IN_DOMAIN {
                assert!(!code.contains(&format!("{word}::")), "{name} uses {word}");
            }
        }
    }
}

/// The index at the head of the domain, code → files.
fn index() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("domain/mod.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.map(|row| {
        let (code, files) = row.split_once("` | ").unwrap();
        let files = files.split('`').skip(1).step_by(2).map(|file| format!("domain/{file}"));
        (code.to_owned(), files.collect())
    })
    .collect()
}

#[test]
fn every_documented_code_is_raised_where_the_index_says() {
    let index = index();
    let files: Vec<_> = source_files().iter().map(|file| (name(file), code_of(file))).collect();
    for code in Code::ALL.iter().take(Code::DOCUMENTED) {
        let variants = match code {
            // Who never joined is told so in other words.
            Code::NotAPart => vec!["NotAPart".to_owned(), "NeverJoined".to_owned()],
            code => vec![format!("{code:?}")],
        };
        let makes = |text: &str| {
            variants.iter().any(|variant| {
                text.match_indices(&format!("Error::{variant}")).any(|(at, found)| {
                    let next = text.get(at + found.len()..).and_then(|rest| rest.chars().next());
                    !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
                })
            })
        };
        let raising: Vec<_> = files
            .iter()
            .filter(|(name, text)| !NAMES_ALL.contains(&name.as_str()) && makes(text))
            .map(|(name, _)| name.clone())
            .collect();
        let mut indexed = index.get(code.as_str()).cloned().unwrap_or_default();
        indexed.sort();
        assert_eq!(raising, indexed, "{}", code.as_str());
    }
    assert_eq!(index.len(), Code::DOCUMENTED, "the index names other codes too");
}

/// The numbers of the rows in the tables at the head of a file.
fn rows(file: &str) -> Vec<u32> {
    let text = fs::read_to_string(root().join("domain/rules").join(file)).unwrap();
    let cells = text.lines().filter_map(|line| line.trim_start_matches('/').strip_prefix("! | "));
    let first = cells.filter_map(|cells| cells.split(" | ").next());
    first.flat_map(|numbers| numbers.split(", ")).filter_map(|n| n.trim().parse().ok()).collect()
}

#[test]
fn every_row_of_the_precedence_lists_has_a_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/calls/precedence.rs");
    let tests = fs::read_to_string(tests).unwrap();
    for (list, file, length) in
        [("initiate", "initiate.rs", 7), ("change", "change_status.rs", 7), ("join", "join.rs", 4)]
    {
        let rows = rows(file);
        assert_eq!(rows, (1..=length).collect::<Vec<_>>(), "{file}");
        for row in rows {
            let named = format!("{list}_{row}_");
            assert!(tests.contains(&named), "no test is named {named}");
        }
    }
}

#[test]
fn files_stay_small() {
    for file in source_files() {
        let lines = code_of(&file).lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= 300, "{} has {lines} lines of code", name(&file));
    }
}
