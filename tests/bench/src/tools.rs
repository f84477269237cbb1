//! What is measured, and where it is.

use std::{env, fs, path::PathBuf, process::Command};

use crate::{
    Outcome,
    http::Told,
    process::{HEALTH, Server, Start, free_port},
};

/// The programs, and a directory to work in.
pub(crate) struct Tools {
    pub(crate) server: String,
    pub(crate) bare: String,
    pub(crate) dir: PathBuf,
}

impl Tools {
    /// As `run` has put them into the environment.
    pub(crate) fn found() -> Outcome<Self> {
        let dir = env::temp_dir().join(format!("mock-calls-bench-{}", std::process::id()));
        fs::create_dir_all(&dir)?;
        Ok(Self { server: variable("MOCK_CALLS_BIN")?, bare: variable("BENCH_BARE")?, dir })
    }

    /// Starts a bare server that gives these answers: to who asks for a call, initiates one, accepts
    /// it and ends it.
    pub(crate) fn bare(&self, cores: &str, answers: [&Told; 4]) -> Outcome<Server> {
        let port = free_port()?;
        let (number, dir) = (port.to_string(), self.dir.join(format!("bare-{port}")));
        fs::create_dir(&dir)?;
        for (name, told) in ["show", "initiate", "accept", "end"].into_iter().zip(answers) {
            let Told { status, headers, body } = told;
            fs::write(dir.join(name), format!("{status}\n{headers}\n{body}"))?;
        }
        let answers = dir.display().to_string();
        let command = [self.bare.as_str(), &number, &answers];
        Start { name: "bare", dir: &dir, cores, port, command: &command, probe: HEALTH }.run()
    }

    /// The document of all that the server serves.
    pub(crate) fn openapi(&self) -> Outcome<Vec<u8>> {
        let printed = Command::new(&self.server).arg("openapi").output()?;
        if printed.status.success() {
            return Ok(printed.stdout);
        }
        Err(String::from_utf8_lossy(&printed.stderr).into())
    }

    /// Starts the server.
    pub(crate) fn ours(&self, cores: &str, flags: &[&str]) -> Outcome<Server> {
        let port = free_port()?;
        let number = port.to_string();
        let mut command = vec![self.server.as_str(), "--quiet", "--port", &number];
        command.extend(flags);
        let (name, dir) = ("mock-calls", self.dir.as_path());
        Start { name, dir, cores, port, command: &command, probe: HEALTH }.run()
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// What `run` has put into the environment.
pub(crate) fn variable(name: &str) -> Outcome<String> {
    env::var(name).map_err(|_| format!("{name} is not set; start this with tests/bench/run").into())
}
