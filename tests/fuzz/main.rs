//! Inputs of any kind, and what has to hold whatever they are. `cargo test` replays those that are
//! kept under `__fuzz__`; README.md says how more are found.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test that cannot go on must panic, and its modules are no one's interface"
)]

mod answers;
mod bodies;
mod choices;
mod connection;
mod deeds;
mod documents;
mod frames;
mod mock;
mod operations;
mod requests;
mod shapes;
mod walks;
mod words;

// What answers are declared to be.
#[path = "../api/support/declared.rs"]
mod declared;

// The reference model, and a walk along it.
#[path = "../model/commands.rs"]
mod commands;
#[expect(dead_code, reason = "how deep the walks go is for those that are not guided")]
#[path = "../model/depth.rs"]
mod depth;
#[path = "../model/domain.rs"]
mod domain;
#[path = "../model/reference.rs"]
mod reference;
#[path = "../model/twins.rs"]
mod twins;
#[path = "../model/walk.rs"]
mod walk;

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use mock::Mock;
use mock_calls::domain::room::MediaMode;
use walk::{START, System, all_pages, guid, number, uid};

/// Two servers of each kind.
struct Mocks([(Mock, Mock); 2]);

thread_local! {
    static MOCKS: Mocks = Mocks(
        [MediaMode::Auto, MediaMode::Manual].map(|media| (Mock::start(media), Mock::start(media))),
    );
}

/// A target: what is kept for it is replayed, or, under a fuzzer, what that comes up with.
macro_rules! targets {
    ($($name:ident: $run:expr;)+) => {$(
        #[test]
        fn $name() {
            let replayed = AtomicUsize::new(0);
            // What is left to chance is for fuzzers.
            bolero::check!(name = stringify!($name)).with_iterations(0).for_each(|bytes: &[u8]| {
                replayed.fetch_add(1, Ordering::Relaxed);
                ($run)(bytes);
            });
            assert_all(stringify!($name), replayed.into_inner());
        }
    )+};
}

targets! {
    bodies: |bytes| with_mocks(bytes, bodies::run);
    connection: |bytes| with_mock(bytes, connection::run);
    documents: |bytes| with_mocks(bytes, documents::run);
    frames: |bytes| with_mock(bytes, frames::run);
    requests: |bytes| with_mocks(bytes, requests::run);
    walks: walks::run;
}

/// The first byte says of which kind.
fn with_mocks(bytes: &[u8], run: fn(&Mock, &Mock, &[u8])) {
    let (kind, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    MOCKS.with(|Mocks(mocks)| {
        let (mock, other) = &mocks[usize::from(kind & 1)];
        mock.begin();
        other.begin();
        run(mock, other, bytes);
        mock.end();
    });
}

fn with_mock(bytes: &[u8], run: fn(&Mock, &[u8])) {
    MOCKS.with(|Mocks([(mock, _), _])| {
        mock.begin();
        run(mock, bytes);
        mock.end();
    });
}

/// So many inputs were tried as there are files.
fn assert_all(name: &str, replayed: usize) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/__fuzz__").join(name);
    let files = |folder| fs::read_dir(kept.join(folder)).map_or(0, Iterator::count);
    let corpus = files("corpus");
    assert!(corpus > 0, "nothing is kept for {name}");
    assert_eq!(replayed, corpus + files("crashes"), "not all of {name} was replayed");
}
