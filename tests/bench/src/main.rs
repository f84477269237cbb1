//! Measures the server beside others, on this machine, in one run: `tests/bench/run`. Times are
//! told on standard error as they come; what is printed at the end, and what `--write` puts into
//! the README, is ratios, for nothing else means anything on another machine.

mod beside;
mod calls;
mod figures;
mod http;
mod load;
mod machine;
mod parts;
mod process;
mod readme;
mod scripts;
mod tools;

use std::{error::Error, process::ExitCode};

use parts::PARTS;
use tools::Tools;

/// Whatever goes wrong is told, and ends the run.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            eprintln!("missed: {}", missed.join(", "));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures the parts that were named, or all. Gives what did not reach its goal.
fn run() -> Outcome<Vec<String>> {
    let (flags, named): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|arg| arg.starts_with('-'));
    let write = flags.iter().any(|flag| flag == "--write");
    if let Some(unknown) = flags.iter().find(|flag| *flag != "--write") {
        return Err(format!("{unknown} is not --write").into());
    }
    let known = PARTS.map(|(name, _)| name);
    if let Some(unknown) = named.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("{unknown} is none of {}", known.join(", ")).into());
    }
    let (tools, machine) = (Tools::found()?, machine::machine()?);
    process::stay_on(process::LOAD_CORE)?;
    let mut missed = Vec::new();
    let mut measured = Vec::new();
    for (name, measure) in PARTS {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            eprintln!("==> {name}");
            let part = measure(&tools)?;
            missed.extend(part.missed);
            measured.push((name, part.text));
        }
    }
    println!("{machine}");
    for (name, text) in &measured {
        println!("\n## {name}\n\n{text}");
    }
    if write {
        readme::write(&machine, &measured)?;
    }
    Ok(missed)
}
