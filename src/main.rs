//! The binary: what was asked for is read and done in `cli`.

mod cli;

// Every request makes and drops dozens of small things, and the journal large ones. That of the
// system takes twice the time for it; that of musl has one lock for all threads besides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // As a number, for on Windows it can be one that an `ExitCode` has no room for.
    std::process::exit(cli::run());
}
