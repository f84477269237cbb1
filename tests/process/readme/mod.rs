//! The README is true: its commands are run, its answers compared, its tables checked.

pub(crate) mod shell;

use std::collections::BTreeMap;

use mock_calls::domain::code::Code;
use shell::{SHOWN, Shell};

use crate::run::{Server, binary};

/// A fenced block: its language and text.
struct Block<'a> {
    language: &'a str,
    text: &'a str,
}

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

fn blocks(readme: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut parts = readme.split("```");
    parts.next();
    while let Some(fenced) = parts.next() {
        let (language, text) = fenced.split_once('\n').unwrap();
        blocks.push(Block { language, text });
        parts.next();
    }
    blocks
}

/// `shown` stands for what came, with `…` for anything.
fn matches(shown: &str, came: &str) -> bool {
    let mut pieces = shown.trim().split('…').map(str::trim);
    let mut rest = came.trim();
    let Some(after) = rest.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    rest = after;
    let mut open_end = false;
    for piece in pieces {
        open_end = piece.is_empty();
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    open_end || rest.is_empty()
}

#[test]
fn every_command_gives_the_answer_that_is_shown() {
    let server = Server::start(&[]);
    let mut shell = Shell::with_server(&server.url);
    let readme = readme();
    let (mut last, mut run) = (None, 0);
    for block in blocks(&readme) {
        match (block.language, last.take()) {
            ("sh", None) => match block.text.trim() {
                // The first is what the test has done by starting the server.
                "cargo run --release" => {}
                // The second is what is running just now.
                "cargo test" => {}
                commands => {
                    last = Some(shell.run(commands)).filter(|printed| !printed.is_empty());
                    run += 1;
                }
            },
            ("json" | "http" | "text", Some(came)) => {
                let whole = format!("http://{SHOWN}");
                let shown = block.text.replace(&whole, &server.url).replace(SHOWN, &server.url);
                // The README breaks long lines where the wire does not.
                let joined =
                    |text: &str| text.lines().map(str::trim_start).collect::<Vec<_>>().join("");
                let (shown, came) = (joined(&shown), joined(&came));
                assert!(
                    matches(&shown, &came),
                    "the README shows\n{shown}\nbut there came\n{came}"
                );
            }
            // The programs are run by the suite of the SDKs.
            // Nor is this one run here, but by the crate that it is a test of.
            ("text" | "js" | "rust" | "toml", None) => {}
            (language, before) => {
                panic!("a block of {language} after {before:?}: commands need their answer")
            }
        }
    }
    assert!(last.is_none(), "the last command has no answer");
    assert!(run >= 5, "only {run} blocks of commands");
}

#[test]
fn the_first_commands_are_the_two_that_a_newcomer_needs() {
    let readme = readme();
    let first: Vec<_> = blocks(&readme).iter().map(|block| block.text.trim()).take(2).collect();
    assert_eq!(first[0], "cargo run --release");
    assert!(first[1].starts_with("curl "), "{}", first[1]);
    assert!(readme.contains("cargo test"));
}

#[test]
fn the_table_of_codes_is_the_one_in_the_source() {
    let readme = readme();
    let rows: BTreeMap<_, _> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| {
            let (code, rest) = row.split_once("` | ")?;
            let (status, cause) = rest.split_once(" | ")?;
            Some((code, (status.parse::<u16>().ok()?, cause)))
        })
        .collect();
    for code in Code::ALL {
        let (status, cause) = rows
            .get(code.as_str())
            .unwrap_or_else(|| panic!("{} is not in the README's table", code.as_str()));
        assert_eq!(*status, code.default_status(), "{}", code.as_str());
        assert!(cause.len() > 5, "{} has no cause", code.as_str());
    }
    assert_eq!(rows.len(), Code::ALL.len(), "the README names codes that there are not");
}

#[test]
fn the_flags_are_those_of_the_help() {
    let help = String::from_utf8(binary().arg("-h").output().unwrap().stdout).unwrap();
    let readme = readme();
    let shown = blocks(&readme).into_iter().find(|block| block.text.starts_with("Usage:"));
    let shown = shown.expect("the README shows the flags").text;
    let real: Vec<_> = help.lines().skip_while(|line| !line.starts_with("Usage:")).collect();
    let real = real.split(|line| line.starts_with("Examples:")).next().unwrap().join("\n");
    assert_eq!(shown.trim_end(), real.trim_end());
}

#[test]
fn the_program_in_rust_is_a_test_that_is_run() {
    let readme = readme();
    let programs: Vec<_> =
        blocks(&readme).into_iter().filter(|block| block.language == "rust").collect();
    let [program] = &programs[..] else { panic!("{} programs in Rust", programs.len()) };
    assert_eq!(program.text, include_str!("../../embedded/tests/readme.rs"));
}

#[test]
fn the_picture_of_the_answers_is_compared_strictly() {
    assert!(matches("a…c", "abc") && matches("a…", "a") && matches("a", "a"));
    assert!(!matches("a…c", "abcd") && !matches("b", "ab") && !matches("a…x…c", "abc"));
}
