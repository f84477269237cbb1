//! What the binary can be asked for.
//!
//! | asked for | does | exit status |
//! | --- | --- | --- |
//! | nothing | serves until a signal comes | 0; 1 when it cannot |
//! | `exec` | serves for as long as a command runs | the command's; 125, 126, 127 as env(1) |
//! | `health` | asks a server how it is | 0 healthy, 1 not |
//! | `errors` | prints the codes, without a server | 0 |
//! | `openapi` | prints the OpenAPI document, without a server | 0 |
//! | `completions` | prints what a shell completes with | 0 |
//!
//! What cannot be understood ends with 2, as clap has it.

mod asked;
mod exec;
mod health;
mod limits;
mod logging;
mod port_file;
mod print;
mod serve;
mod stop;

use asked::{Asked, Cli, Described};
use mock_calls::server::{errors, openapi};
use print::print;

/// Does what the flags and the environment ask for. Returns the exit status.
pub(crate) fn run() -> i32 {
    limits::outlive_full_files();
    limits::agree_on_memory();
    let Cli { config, asked } = asked::read();
    match asked {
        None => serve::serve(&config),
        Some(Asked::Exec(asked)) => exec::exec(&asked),
        Some(Asked::Health(asked)) => health::health(asked.url, &config),
        Some(Asked::Errors(Described { config })) => {
            match serde_json::to_string(&errors(&config)) {
                Ok(text) => print(&text),
                Err(error) => failed(error),
            }
        }
        Some(Asked::Openapi(Described { config })) => print(&openapi(&config).to_string()),
        Some(Asked::Completions { shell }) => print(&asked::completions(shell)),
    }
}

/// Says why, for the log may not be there yet.
fn failed(error: impl std::fmt::Display) -> i32 {
    eprintln!("mock-calls: {error}");
    1
}
