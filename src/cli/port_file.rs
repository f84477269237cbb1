//! `--port-file`: where others read the port.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The port cannot be told.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the port to {}: {error}", file.display())]
pub(super) struct PortFileError {
    file: PathBuf,
    #[source]
    error: io::Error,
}

/// A file with the port in it, for as long as this is there: the next run must not be taken for
/// ready before it is.
pub(super) struct PortFile<'a>(Option<&'a Path>);

impl<'a> PortFile<'a> {
    pub(super) fn write(file: Option<&'a Path>, port: u16) -> Result<Self, PortFileError> {
        let Some(file) = file else { return Ok(Self(None)) };
        let port = format!("{port}\n");
        let failed = |error| PortFileError { file: file.to_owned(), error };
        // A pipe or a device is somebody else's, who reads from it: it must stay what it is.
        if fs::metadata(file).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            fs::write(file, port).map_err(failed)?;
            return Ok(Self(None));
        }
        replace(file, &port).map_err(failed)?;
        Ok(Self(Some(file)))
    }
}

/// Writes it in one step: a reader sees all of it or no file, and nothing is left of what failed.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".tmp");
    fs::write(&beside, text).and_then(|()| fs::rename(&beside, file)).inspect_err(|_| {
        // It may not have come so far.
        let _ = fs::remove_file(&beside);
    })
}

impl Drop for PortFile<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.0 {
            // Somebody may have removed it already.
            let _ = fs::remove_file(file);
        }
    }
}
