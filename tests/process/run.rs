//! A server process that is ended with the test.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

/// A running server process.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) banner: String,
    pub(crate) url: String,
    /// Held, for a server that nobody listens to would be told so.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only a signal ends a server in good order"))]
    stdout: BufReader<ChildStdout>,
    pub(crate) stderr: ChildStderr,
}

/// The binary with an environment of its own.
pub(crate) fn binary() -> Command {
    alone(env!("CARGO_BIN_EXE_mock-calls"))
}

/// A program with such an environment.
pub(crate) fn alone(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MOCK_CALLS_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Server {
    /// Starts on any free port, and waits for the banner.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::start_in(&[], args)
    }

    /// The same, with these variables set.
    pub(crate) fn start_in(variables: &[(&str, &str)], args: &[&str]) -> Self {
        let mut command = binary();
        command.args(["--port", "0"]).args(args).envs(variables.iter().copied());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = child.stderr.take().unwrap();
        let mut banner = String::new();
        while !banner.contains("Stop with Ctrl-C.\n") {
            let read = stdout.read_line(&mut banner).unwrap();
            assert!(read > 0, "ended before it was ready: {banner}");
        }
        let url = banner.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no URL in: {banner}")).to_owned();
        Self { child, banner, url, stdout, stderr }
    }

    /// Waits for the end, and returns how it went and what else was printed.
    #[cfg(unix)]
    pub(crate) fn ended(mut self) -> (std::process::ExitStatus, String) {
        use std::io::Read;
        let status = self.child.wait().unwrap();
        let mut text = String::new();
        self.stdout.read_to_string(&mut text).unwrap();
        self.stderr.read_to_string(&mut text).unwrap();
        (status, text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
