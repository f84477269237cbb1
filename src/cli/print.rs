//! Standard output.

use std::io::{self, ErrorKind, Write};

/// Prints a text and the end of its last line. Returns the exit status: who stopped reading has
/// seen enough, but a disk that is full is to be known of.
pub(super) fn print(text: &str) -> i32 {
    let mut out = io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{end}").and_then(|()| out.flush()) {
        Ok(()) => 0,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => 0,
        Err(error) => super::failed(format_args!("cannot write to standard output: {error}")),
    }
}
