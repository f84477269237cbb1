//! What no client should do, done to the real server over real sockets. Beside each abuse a probe
//! asks all the time whether the server is well, and has to be answered. When it is over, the
//! descriptors are as before, and the memory is within a bound that the test states.
//!
//! | file | abuse |
//! | --- | --- |
//! | `slow` | headers and bodies that come byte by byte, or never |
//! | `many` | thousands of connections, and no descriptors left |
//! | `http1` | pipelines, half-closed connections, too much of everything |
//! | `http2` | floods of frames, windows that never open |
//! | `tls` | what is no handshake, or half of one |
//! | `deaf` | answers, events and sockets that are never read |
//! | `disk` | files that cannot be written |
//! | `clocks` | clocks that jump by years |

#![cfg(target_os = "linux")]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must panic"
)]

mod clocks;
mod deaf;
mod disk;
mod frames;
mod http1;
mod http2;
mod line;
mod many;
#[path = "../soak/server.rs"]
mod server;
mod siege;
mod slow;
mod tls;
