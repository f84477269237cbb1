//! How long it takes to build the server from nothing, beside the bare one, and of how many crates
//! each is made.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use super::Part;
use crate::{
    Outcome, Tools,
    figures::{Table, short},
    process::ended_cpu,
};

const CORES: &str = "0,1";

pub(super) fn build(tools: &Tools) -> Outcome<Part> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (ours, bare) = (here.join("../../Cargo.toml"), here.join("bare/Cargo.toml"));
    let (time, cpu) = built(tools, &ours, "mock-calls")?;
    let (bare_time, bare_cpu) = built(tools, &bare, "bare")?;
    let mut table = Table::new(&["built from nothing", "time", "CPU time", "crates"]);
    let (longer, dearer) = (short(time / bare_time), short(cpu / bare_cpu));
    table.row(&[&"mock-calls", &longer, &dearer, &crates(&ours)?]);
    table.row(&[&"bare axum", &1, &1, &crates(&bare)?]);
    Ok(Part::of(table))
}

/// How long it takes, and how much CPU time, in seconds. Downloading is not part of it.
fn built(tools: &Tools, manifest: &Path, package: &str) -> Outcome<(f64, f64)> {
    let cargo = |args: &[&str]| {
        let mut command = Command::new("taskset");
        command.args(["-c", CORES, "cargo"]).args(args).arg("--manifest-path").arg(manifest);
        command.env("CARGO_TARGET_DIR", tools.dir.join(package)).env_remove("RUSTC_WRAPPER");
        let done = command.stdout(Stdio::null()).status()?;
        if done.success() { Ok(()) } else { Outcome::Err(format!("{command:?}: {done}").into()) }
    };
    cargo(&["fetch", "--locked"])?;
    let (begin, before) = (Instant::now(), ended_cpu()?);
    cargo(&["build", "--locked", "--release", "--quiet", "--package", package])?;
    let (time, cpu) = (begin.elapsed().as_secs_f64(), (ended_cpu()? - before).as_secs_f64());
    eprintln!("  {package}: {} s, {} s of CPU", short(time), short(cpu));
    Ok((time, cpu))
}

/// How many crates it is made of, itself among them.
fn crates(manifest: &Path) -> Outcome<usize> {
    let mut command = Command::new("cargo");
    command.args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--manifest-path"]);
    let tree = command.arg(manifest).output()?;
    if !tree.status.success() {
        return Err(String::from_utf8_lossy(&tree.stderr).into());
    }
    let tree = String::from_utf8(tree.stdout)?;
    Ok(tree.lines().map(|line| line.trim_end_matches(" (*)")).collect::<BTreeSet<_>>().len())
}
