//! Files that cannot be written, and standard error that nobody can write to.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::{FileTypeExt, symlink},
    path::Path,
    process::{Command, Output, Stdio},
};

use rustix::{
    fs::{CWD, FileType, Mode, mknodat},
    process::Signal,
};
use tempfile::TempDir;

use crate::{
    line::Line,
    server::{Server, binary},
    siege::until,
};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs it below a limit, until it gives up.
fn run(limit: &str, args: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", &format!(r#"{limit}; exec "$0" --port 0 "$@""#)]).arg(binary());
    command.args(args).stdin(Stdio::null()).output().unwrap()
}

/// The flags that have files written, each with what it is for.
const FLAGS: [&str; 2] = ["--port-file", "--ca-out"];

#[test]
fn a_directory_in_place_of_a_file() {
    let dir = TempDir::new().unwrap();
    let there = dir.path().join("there");
    fs::create_dir(&there).unwrap();
    for flag in FLAGS {
        let ended = run("true", &[flag, text(&there)]);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{flag}: {said}");
        assert!(said.contains("cannot write") && said.contains(text(&there)), "{flag}: {said}");
        assert_eq!(names(&dir), ["there"], "{flag}");
    }
}

/// As of a disk that is full: nothing is left behind, and what was there stays.
#[test]
fn a_file_that_may_not_grow() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "of another run").unwrap();
    for flag in FLAGS {
        let ended = run("ulimit -f 0", &[flag, text(&file)]);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{flag}: {:?} {said}", ended.status);
        assert!(said.contains("cannot write") && said.contains("too large"), "{flag}: {said}");
        assert_eq!(names(&dir), ["file"], "{flag}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "of another run");
    }
    let state = dir.path().join("state");
    let ended = run("ulimit -f 0", &["--state-dir", text(&state)]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{:?} {said}", ended.status);
    assert!(said.contains("cannot write") && said.contains("too large"), "{said}");
    assert_eq!(fs::read_dir(&state).unwrap().count(), 0);
}

/// It is written to, and never replaced or removed: it may be the machine's own.
#[test]
fn a_device_in_place_of_a_file() {
    let dir = TempDir::new().unwrap();
    let full = dir.path().join("full");
    symlink("/dev/full", &full).unwrap();
    for flag in FLAGS {
        let ended = run("true", &[flag, text(&full)]);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{flag}: {said}");
        assert!(said.contains("No space left on device"), "{flag}: {said}");
        assert!(fs::metadata(&full).unwrap().file_type().is_char_device(), "{flag}");
    }
    let pipe = dir.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    // Open for both, so that neither side waits for the other.
    let reader = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let server = Server::start(0, &["--port-file", text(&pipe), "--ca-out", text(&pipe)]);
    assert!(server.end(Signal::TERM).success());
    let told = first_bytes(reader);
    assert!(told.starts_with("-----BEGIN CERTIFICATE-----"), "{told}");
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(names(&dir), ["full", "pipe"]);
}

fn first_bytes(mut file: File) -> String {
    let mut bytes = [0; 4096];
    let read = std::io::Read::read(&mut file, &mut bytes).unwrap();
    String::from_utf8(bytes[..read].to_vec()).unwrap()
}

/// A log that cannot be written is no reason to stop answering.
#[test]
fn a_log_that_cannot_be_written() {
    let dir = TempDir::new().unwrap();
    for stderr in ["/dev/full", text(&dir.path().join("log"))] {
        let file = dir.path().join("port");
        let limit = if stderr == "/dev/full" { "true" } else { "ulimit -f 1" };
        let mut command = Command::new("sh");
        let script = format!(r#"{limit}; exec "$0" -v --port 0 --port-file "$1" 2>>"$2""#);
        command.args(["-c", &script]).arg(binary()).args([text(&file), stderr]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        until("it is ready", || file.exists());
        let port: u16 = fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        let mut line = Line::to(([127, 0, 0, 1], port).into());
        for _ in 0..100 {
            assert_eq!(line.get("/v3/calls"), 401);
        }
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), Signal::TERM)
            .unwrap();
        assert!(child.wait().unwrap().success(), "{stderr}");
    }
}

fn names(dir: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
