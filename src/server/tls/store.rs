//! Keeps the CA in a directory, so that it need be trusted only once, and what passes are signed
//! with, so that clients need not log in anew. Of the CA:
//!
//! | there is | then |
//! | --- | --- |
//! | nothing | both are made |
//! | a key alone | its certificate is made |
//! | a certificate alone | an error: its key is somewhere else |
//! | both | they are used; made anew when about to end |
//! | what is no key, or another's certificate | an error: nothing of somebody's is overwritten |
//!
//! Files appear whole or not at all, and none replaces another: of servers that start at the same
//! moment the first one's stay, and the others use them.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use rcgen::KeyPair;
use tempfile::{Builder, NamedTempFile};
use time::OffsetDateTime;

use crate::domain::ids::hex;

use super::{
    TlsError,
    authority::{Authority, Verdict, self_signed},
};

const CERT: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
const SECRET: &str = "passes.secret";

/// Who may read a file.
#[derive(Clone, Copy)]
enum Readers {
    Owner,
    Anybody,
}

impl Readers {
    /// From its creation on: there is no moment at which a key can be read.
    #[cfg(unix)]
    fn limit(self, file: &mut Builder<'_, '_>) {
        use std::os::unix::fs::PermissionsExt;
        file.permissions(fs::Permissions::from_mode(match self {
            Self::Owner => 0o600,
            Self::Anybody => 0o644,
        }));
    }

    /// The directory decides.
    #[cfg(not(unix))]
    fn limit(self, _: &mut Builder<'_, '_>) {}
}

/// The authority that is kept in a directory.
pub(super) fn authority(dir: &Path, now: OffsetDateTime) -> Result<Authority, TlsError> {
    fs::create_dir_all(dir).map_err(|error| TlsError::Unwritable(dir.to_owned(), error))?;
    let (cert, key) = (dir.join(CERT), dir.join(KEY));
    let authority = read_or_make(&cert, &key, now)?;
    match authority.judge(now)? {
        Verdict::Good => Ok(authority),
        Verdict::Foreign => Err(TlsError::Mismatch { cert, key }),
        Verdict::Old => {
            tracing::warn!(dir = %dir.display(), "the CA is about to end; trust the new one");
            for file in [&cert, &key] {
                fs::remove_file(file).map_err(|error| TlsError::Unwritable(file.clone(), error))?;
            }
            read_or_make(&cert, &key, now)
        }
    }
}

fn read_or_make(cert: &Path, key: &Path, now: OffsetDateTime) -> Result<Authority, TlsError> {
    if cert.exists() && !key.exists() {
        let problem = format!(
            "it is missing beside {}; put it back, or delete that as well to have both made anew",
            cert.display()
        );
        return Err(TlsError::Malformed(key.to_owned(), problem));
    }
    let pem = kept(key, Readers::Owner, || Ok(KeyPair::generate()?.serialize_pem()))?;
    let pair = KeyPair::from_pem(&pem).map_err(|_| {
        TlsError::Malformed(key.to_owned(), "there is no CA's private key in it".to_owned())
    })?;
    let pem = kept(cert, Readers::Anybody, || self_signed(&pair, now))?;
    Ok(Authority::kept(pair, pem))
}

/// The secret that is kept in a directory, for passes that clients carry over a restart.
pub(super) fn secret(dir: &Path, fresh: &[u8; 32]) -> Result<[u8; 32], TlsError> {
    fs::create_dir_all(dir).map_err(|error| TlsError::Unwritable(dir.to_owned(), error))?;
    let file = dir.join(SECRET);
    let text = kept(&file, Readers::Owner, || Ok(hex(fresh)))?;
    let digits = text.trim().as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        let problem = "64 hexadecimal digits are expected in it; without the file it is made anew";
        TlsError::Malformed(file, problem.to_owned())
    })
}

/// What the file holds, which is made if it is not there.
fn kept(
    file: &Path,
    readers: Readers,
    make: impl FnOnce() -> Result<String, TlsError>,
) -> Result<String, TlsError> {
    let read = || fs::read_to_string(file);
    let unreadable = |error| TlsError::Unreadable(file.to_owned(), error);
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read.map_err(unreadable),
    }
    let made = beside(file, &make()?, readers);
    let written = made.and_then(|made| {
        made.as_file().sync_all()?;
        match made.persist_noclobber(file) {
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            written => written.map(drop).map_err(|refused| refused.error),
        }
    });
    written.map_err(|error| TlsError::Unwritable(file.to_owned(), error))?;
    read().map_err(unreadable)
}

/// Writes what anybody may read, in one step; into a pipe or a device, which must stay what it is,
/// as it comes.
pub(super) fn replace(file: &Path, text: &str) -> Result<(), TlsError> {
    let is_special = fs::metadata(file).is_ok_and(|there| !there.is_file() && !there.is_dir());
    let written = if is_special {
        fs::write(file, text)
    } else {
        let made = beside(file, text, Readers::Anybody);
        made.and_then(|made| made.persist(file).map(drop).map_err(|refused| refused.error))
    };
    written.map_err(|error| TlsError::Unwritable(file.to_owned(), error))
}

/// A file that is complete, and not yet under its name.
fn beside(file: &Path, text: &str, readers: Readers) -> io::Result<NamedTempFile> {
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty());
    let dir = dir.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let mut builder = Builder::new();
    readers.limit(&mut builder);
    let mut beside = builder.tempfile_in(dir)?;
    beside.write_all(text.as_bytes())?;
    Ok(beside)
}
