//! Servers as processes, each on the core it is given.

use std::{
    env,
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{Outcome, http};

/// The core of whatever is measured.
pub(crate) const SERVER_CORE: &str = "0";
/// The core of the load.
pub(crate) const LOAD_CORE: &str = "1";
/// Asks whether a server is there.
pub(crate) const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether it has.
const GLANCE: Duration = Duration::from_micros(200);

/// A server, which ends when this is dropped.
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    /// From its start until it answered, which it did as expected.
    pub(crate) ready: Duration,
    child: Child,
    log: PathBuf,
}

/// How a server is started.
pub(crate) struct Start<'a> {
    pub(crate) name: &'a str,
    /// Where its output goes.
    pub(crate) dir: &'a Path,
    pub(crate) cores: &'a str,
    pub(crate) port: u16,
    /// The program and its arguments.
    pub(crate) command: &'a [&'a str],
    /// What it is asked until it answers with 200.
    pub(crate) probe: &'a [u8],
}

impl Start<'_> {
    /// Starts it, and waits until it answers.
    pub(crate) fn run(&self) -> Outcome<Server> {
        let log = self.dir.join(format!("{}.log", self.port));
        let output = File::create(&log)?;
        let mut command = Command::new("taskset");
        command.args(["-c", self.cores]).args(self.command).current_dir(self.dir);
        // What is set here for other servers is not meant for this one.
        for (variable, _) in env::vars().filter(|(name, _)| name.starts_with("MOCK_CALLS_")) {
            command.env_remove(variable);
        }
        command.env("TOKIO_WORKER_THREADS", self.cores.split(',').count().to_string());
        // As programs for Node are run where speed counts, whatever is set here.
        command.env("NODE_ENV", "production");
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        let begin = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", self.name))?;
        let name = self.name.to_owned();
        let mut server = Server { name, address, ready: Duration::ZERO, child, log };
        while http::ask(address, self.probe).map_or(0, |told| told.status) != 200 {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("{} ended: {status}\n{}", self.name, server.said()).into());
            }
            if begin.elapsed() > PATIENCE {
                return Err(format!("{} does not answer\n{}", self.name, server.said()).into());
            }
            sleep(GLANCE);
        }
        server.ready = begin.elapsed();
        Ok(server)
    }
}

impl Server {
    /// CPU time that it has used so far, with that of its kernel calls.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        self.processes()?.into_iter().map(cpu).sum()
    }

    /// Its resident memory, in bytes.
    pub(crate) fn memory(&self) -> Outcome<u64> {
        self.processes()?.into_iter().map(memory).sum()
    }

    /// Some have others do the work.
    fn processes(&self) -> Outcome<Vec<u32>> {
        let mut all = vec![self.child.id()];
        let mut looked_at = 0;
        while let Some(&parent) = all.get(looked_at) {
            for task in fs::read_dir(format!("/proc/{parent}/task"))? {
                let children = fs::read_to_string(task?.path().join("children"))?;
                for child in children.split_whitespace() {
                    all.push(child.parse()?);
                }
            }
            looked_at += 1;
        }
        Ok(all)
    }

    /// What it printed.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time that this process has used so far.
pub(crate) fn own_cpu() -> Outcome<Duration> {
    cpu(std::process::id())
}

/// CPU time of the processes that this one has started and seen the end of, and of those which
/// they have.
pub(crate) fn ended_cpu() -> Outcome<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name, in brackets, may hold anything.
    let (_, fields) = stat.rsplit_once(") ").ok_or("not as proc(5) says")?;
    let mut ticks = fields.split(' ').skip(13).take(2).map(str::parse::<u32>);
    let (user, system) = (ticks.next().ok_or("cutime")??, ticks.next().ok_or("cstime")??);
    // Hundredths of a second on Linux, whatever the kernel's own.
    Ok(Duration::from_millis(10) * (user + system))
}

/// Moves this process to a core.
pub(crate) fn stay_on(core: &str) -> Outcome {
    let this = std::process::id().to_string();
    let moved =
        Command::new("taskset").args(["-cp", core, &this]).stdout(Stdio::null()).status()?;
    if moved.success() { Ok(()) } else { Err(format!("there is no core {core}").into()) }
}

/// A port that is free now.
pub(crate) fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The scheduler's own account, which is exact; that of proc(5) `stat` has hundredths of a second.
/// Threads that ended are not in it: what is measured keeps its threads.
fn cpu(process: u32) -> Outcome<Duration> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let account = fs::read_to_string(task?.path().join("schedstat"))?;
        nanos += account.split(' ').next().ok_or("no run time")?.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanos))
}

/// Resident memory of a process, in bytes.
fn memory(process: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
    Ok(kib.parse::<u64>()? * 1024)
}
