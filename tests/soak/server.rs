//! The server, as a process that can be looked into.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::NamedTempFile;

/// A running server. It is killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Held, for a server that nobody listens to would be told so.
    _stdout: BufReader<ChildStdout>,
    stderr: NamedTempFile,
}

/// The binary, which may be another than the one that is built with the tests.
pub(crate) fn binary() -> OsString {
    let built = || env!("CARGO_BIN_EXE_mock-calls").into();
    env::var_os("SOAK_SERVER").unwrap_or_else(built)
}

impl Server {
    /// Starts on this port, or on any free one if it is 0.
    pub(crate) fn start(port: u16, args: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.args(["--port", &port.to_string()]).args(args);
        Self::started(command)
    }

    /// Starts, and waits for the banner.
    pub(crate) fn started(mut command: Command) -> Self {
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("MOCK_CALLS_")) {
            command.env_remove(name);
        }
        let stderr = NamedTempFile::new().unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr.reopen().unwrap());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        while !banner.contains("Stop with Ctrl-C.\n") {
            let read = stdout.read_line(&mut banner).unwrap();
            assert!(read > 0, "ended before it was ready: {banner}");
        }
        let address = banner.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        let address = address.and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in {banner}"));
        Self { child, address, _stdout: stdout, stderr }
    }

    /// What it says in a file that the system has about it.
    pub(crate) fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// The memory that it has in use, in KiB.
    pub(crate) fn resident(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// What it has logged so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.stderr.path()).unwrap()
    }

    /// Ends it by a signal, and waits for the end.
    pub(crate) fn end(mut self, signal: Signal) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("the server said:\n{}", self.said());
        }
    }
}
