//! Where randomness comes from: everything that is drawn is drawn here.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::domain::ids::{AppId, CallIds, DeviceIds, RandomId};

/// Draws the ids of one app. They name things and guard nothing but a mock.
#[derive(Clone, Debug)]
pub struct IdSource(fastrand::Rng);

impl IdSource {
    /// The source of an app: always the same one for the same seed.
    #[must_use]
    pub fn new(seed: Option<u64>, app: &AppId) -> Self {
        Self(generator(seed, app.as_str()))
    }

    /// Everything it will ever draw follows from this.
    #[must_use]
    pub fn state(&self) -> u64 {
        self.0.get_seed()
    }

    /// The source that goes on as the one with this state would.
    #[must_use]
    pub fn resumed(state: u64) -> Self {
        Self(fastrand::Rng::with_seed(state))
    }

    /// What a new call needs.
    pub fn call(&mut self) -> CallIds {
        CallIds {
            session: self.bytes(),
            secret: self.bytes(),
            mid: self.uuid(),
            caller: self.device(),
        }
    }

    /// What a new participant needs.
    pub fn device(&mut self) -> DeviceIds {
        DeviceIds { mid: self.uuid(), device: self.uuid() }
    }

    /// What a new auth token ends with.
    pub fn token(&mut self) -> [u8; 15] {
        self.bytes()
    }

    /// What a secret is made of, or a session id ends with.
    pub fn secret(&mut self) -> [u8; 20] {
        self.bytes()
    }

    /// The name of anything else.
    pub fn uuid(&mut self) -> RandomId {
        RandomId(uuid::Builder::from_random_bytes(self.bytes()).into_uuid().into_bytes())
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }
}

/// Numbers the requests of a server. The ids are UUIDs in form, and do not repeat.
#[derive(Debug)]
pub struct RequestIds {
    server: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// The numbering of a new server.
    #[must_use]
    pub fn new(seed: Option<u64>) -> Self {
        Self { server: generator(seed, "requests").u64(..), next: AtomicU64::new(0) }
    }

    /// The id of the next request.
    pub fn next(&self) -> Uuid {
        Uuid::from_u64_pair(self.server, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// How many ids were given.
    pub fn given(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }
}

/// What a server signs passes with, unless it is given something better to keep.
#[must_use]
pub fn signing_secret(seed: Option<u64>) -> [u8; 32] {
    let mut secret = [0; 32];
    generator(seed, "passes").fill(&mut secret);
    secret
}

/// What chance decides in an app beside its ids, so that neither disturbs the other.
pub(super) fn draws(seed: Option<u64>, app: &AppId) -> fastrand::Rng {
    generator(seed, &format!("{app}, draws"))
}

/// What chance decides about its deliveries, likewise.
pub(super) fn delivery_draws(seed: Option<u64>, app: &AppId) -> fastrand::Rng {
    generator(seed, &format!("{app}, deliveries"))
}

fn generator(seed: Option<u64>, name: &str) -> fastrand::Rng {
    match seed {
        Some(seed) => {
            // FNV-1a: the same on every machine and with every toolchain.
            let mixed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            fastrand::Rng::with_seed(seed ^ mixed)
        }
        #[expect(clippy::disallowed_methods, reason = "the one place that draws from the machine")]
        None => fastrand::Rng::new(),
    }
}
