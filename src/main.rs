//! The binary: what was asked for is read and done in `cli`.

mod cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // As a number, for on Windows it can be one that an `ExitCode` has no room for.
    std::process::exit(cli::run());
}
