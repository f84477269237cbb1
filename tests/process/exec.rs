//! `mock-calls exec`: the command has a server, its status is ours, its signals reach it.

use std::process::Output;

use crate::run::binary;

fn exec(args: &[&str]) -> Output {
    let mut command = binary();
    // Of a server outside, which this one must not be taken for.
    command.env("MOCK_CALLS_URL", "http://127.0.0.1:1").env("MOCK_CALLS_PORT", "1");
    command.env("MOCK_CALLS_CONTROL_URL", "http://127.0.0.1:1");
    command.arg("exec").args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// This binary, which is there on every system.
const THIS: &str = env!("CARGO_BIN_EXE_mock-calls");

#[test]
fn the_command_finds_a_server_that_answers() {
    let output = exec(&["--", THIS, "health"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(&output.stdout);
    assert!(said.starts_with("http://127.0.0.1:") && said.contains(" is healthy: "), "{said}");
    assert!(!said.starts_with("http://127.0.0.1:1 "), "{said}");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_server_within_a_server_is_another_one() {
    let output = exec(&["--", THIS, "exec", THIS, "health"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn the_status_of_the_command_is_ours() {
    // Nothing answers there.
    let output = exec(&["--", THIS, "health", "--url", "http://127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let output = exec(&["--", THIS, "--no-such-flag"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn what_cannot_be_run_has_the_status_that_env_gives_it() {
    let output = exec(&["--", "no-such-command-anywhere"]);
    assert_eq!(output.status.code(), Some(127));
    let said = text(&output.stderr);
    assert!(said.contains("there is no command no-such-command-anywhere"), "{said}");
}

/// Windows looks for the directory's name with `.exe` behind it.
#[cfg(unix)]
#[test]
fn a_directory_cannot_be_run() {
    let output = exec(&["--", concat!(env!("CARGO_MANIFEST_DIR"), "/src")]);
    assert_eq!(output.status.code(), Some(126));
    assert!(text(&output.stderr).contains("cannot run "), "{output:?}");
}

#[test]
fn a_server_that_cannot_start_is_told_from_a_command_that_fails() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = exec(&["--port", &port, "--", THIS, "--version"]);
    assert_eq!(output.status.code(), Some(125));
    assert_eq!(text(&output.stdout), "");
    assert!(text(&output.stderr).contains("is already in use"), "{output:?}");
}

#[cfg(unix)]
mod unix {
    use std::{
        fs,
        io::{BufRead, BufReader, Read},
        process::{Child, ChildStdout, Command, Stdio},
    };

    use super::{binary, exec, text};
    use crate::run::alone;

    #[test]
    fn the_variables_are_those_of_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("port");
        let said = format!(
            "echo $MOCK_CALLS_URL $MOCK_CALLS_PORT $MOCK_CALLS_API_KEY $MOCK_CALLS_AUTH_KEY \
             ${{MOCK_CALLS_CONTROL_URL-none}}; cat {}",
            file.display()
        );
        let keys = ["--api-key=k1", "--auth-key=k2", "--port-file", file.to_str().unwrap()];
        let told = |more: &[&str]| {
            let output = exec(&[&keys, more, &["--", "sh", "-c", &said]].concat());
            let told = text(&output.stdout).split_whitespace();
            told.map(str::to_owned).collect::<Vec<_>>()
        };
        let [url, port, api, auth, control, written] = told(&[]).try_into().unwrap();
        assert_eq!(url, format!("http://127.0.0.1:{port}"));
        assert_eq!((api.as_str(), auth.as_str(), control.as_str()), ("k1", "k2", "none"));
        assert_eq!(written, port);
        assert!(!fs::exists(&file).unwrap());
        let apart = told(&["--control-port=0"]);
        assert!(apart[4].starts_with("http://127.0.0.1:") && apart[4] != apart[0], "{apart:?}");
        assert_ne!(apart[4], "http://127.0.0.1:1");
    }

    #[test]
    fn input_and_output_are_the_commands() {
        let mut command = binary();
        command.args(["exec", "--", "sh", "-c", "cat; echo aside >&2"]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"through").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((text(&output.stdout), text(&output.stderr)), ("through", "aside\n"));
    }

    #[test]
    fn a_command_that_was_killed_is_128_and_the_signal() {
        for (name, status) in [("KILL", 137), ("TERM", 143), ("ABRT", 134)] {
            let output = exec(&["--", "sh", "-c", &format!("kill -{name} $$")]);
            assert_eq!(output.status.code(), Some(status), "{name}: {output:?}");
        }
    }

    /// A command that says which signals came, until SIGTERM ends it with status 4. It waits for
    /// another process, for a shell that reads can miss a signal that comes just before. With its
    /// input that process ends, and so does the command; with a signal it does not, however early.
    const COUNTS: &str = "\
        n=0
        trap '' INT QUIT HUP
        exec 3<&0; cat <&3 >/dev/null 2>&1 & beside=$!
        for name in INT QUIT HUP; do trap \"n=\\$((n+1)); echo $name \\$n\" $name; done
        trap 'kill $beside; echo TERM $n; exit 4' TERM
        echo ready
        while kill -0 $beside 2>/dev/null; do wait $beside; done";

    fn line(out: &mut impl BufRead) -> String {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn signal(child: &Child, name: &str) {
        let kill = format!("kill -{name} {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Runs a program that no signal is ignored by. Whoever runs the tests may have them ignore some,
    /// as nohup(1) does and shells do in the background; no shell could catch those.
    fn hearing() -> Command {
        let mut command = alone("env");
        // Elsewhere env(1) knows of no signals.
        if cfg!(target_os = "linux") {
            command.arg("--default-signal=HUP,INT,QUIT,TERM");
        }
        command
    }

    fn counting(mut command: Command) -> (Child, BufReader<ChildStdout>) {
        command.stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        assert_eq!(line(&mut out), "ready");
        (child, out)
    }

    #[test]
    fn signals_that_are_sent_to_us_reach_the_command_and_its_end_is_ours() {
        let mut command = hearing();
        command.args([super::THIS, "exec", "--", "sh", "-c", COUNTS]);
        let (mut child, mut out) = counting(command);
        for (at, name) in ["INT", "QUIT", "HUP", "INT", "INT"].iter().enumerate() {
            signal(&child, name);
            assert_eq!(line(&mut out), format!("{name} {}", at + 1));
        }
        signal(&child, "TERM");
        assert_eq!(line(&mut out), "TERM 5");
        assert_eq!(child.wait().unwrap().code(), Some(4));
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "");
    }

    /// Only there does the system say what is ignored.
    #[cfg(target_os = "linux")]
    #[test]
    fn nohup_holds_for_the_command_too() {
        let mut command = Command::new("sh");
        let this = format!("trap '' HUP; exec {} exec -- sh -c \"$0\"", super::THIS);
        command.args(["-c", &this, "echo ready; read line; kill -HUP $$; echo alive"]);
        command.stdout(Stdio::piped());
        let (mut child, mut out) = counting(command);
        signal(&child, "HUP");
        drop(child.stdin.take());
        assert_eq!(line(&mut out), "alive");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }

    /// A terminal: the end of the keyboard, and the one that processes have.
    #[cfg(target_os = "linux")]
    fn terminal() -> (impl std::os::fd::AsFd, fs::File) {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::{
            fs::OFlags,
            pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
        };
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let terminal = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
        // Not the tests' own, should they have none.
        let no_control = OFlags::NOCTTY.bits().cast_signed();
        let mut options = fs::File::options();
        let options = options.read(true).write(true).custom_flags(no_control);
        (keyboard, options.open(terminal).unwrap())
    }

    /// What gives a process a terminal is of Linux.
    #[cfg(target_os = "linux")]
    #[test]
    fn ctrl_c_reaches_the_command_from_the_terminal() {
        let (keyboard, terminal) = terminal();
        let mut command = hearing();
        command.args(["setsid", "-c", super::THIS, "exec", "--", "sh", "-c", COUNTS]);
        command.stdin(terminal);
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        assert_eq!(line(&mut out), "ready");
        rustix::io::write(&keyboard, b"\x03").unwrap();
        assert_eq!(line(&mut out), "INT 1");
        signal(&child, "TERM");
        assert_eq!(line(&mut out), "TERM 1");
        assert_eq!(child.wait().unwrap().code(), Some(4));
    }

    /// The command is in a session of its own here, where the terminal does not reach it: all that
    /// it hears of was passed on.
    #[cfg(target_os = "linux")]
    #[test]
    fn ctrl_c_is_not_sent_to_the_command_once_more() {
        let (keyboard, terminal) = terminal();
        let mut command = hearing();
        let beside = "exec 3<&0; trap 'echo seen' INT
            \"$0\" exec -- setsid sh -c \"$1\" <&3 & echo $!; wait; wait $!";
        command.args(["setsid", "-c", "sh", "-c", beside, super::THIS, COUNTS]);
        command.stdin(terminal);
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = [line(&mut out), line(&mut out)];
        first.sort();
        let [id, ready] = first;
        assert_eq!(ready, "ready");
        rustix::io::write(&keyboard, b"\x03").unwrap();
        // Who waits beside us in the foreground has it when we have it.
        assert_eq!(line(&mut out), "seen");
        let kill = format!("kill -TERM {id}");
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        // What was passed on before would have been said before.
        assert_eq!(line(&mut out), "TERM 0");
        assert_eq!(child.wait().unwrap().code(), Some(4));
    }
}
