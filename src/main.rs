//! The binary: what was asked for is read and done in `cli`.

mod cli;

fn main() {
    // As a number, for on Windows it can be one that an `ExitCode` has no room for.
    std::process::exit(cli::run());
}
