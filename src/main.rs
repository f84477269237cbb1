//! The binary: what was asked for is read and done in `cli`.

mod cli;

// The allocator of musl has one lock for all threads.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // As a number, for on Windows it can be one that an `ExitCode` has no room for.
    std::process::exit(cli::run());
}
