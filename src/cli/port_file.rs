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
    /// Writes the port in one step: a reader sees all of it or no file.
    pub(super) fn write(file: Option<&'a Path>, port: u16) -> Result<Self, PortFileError> {
        if let Some(file) = file {
            let mut beside = file.as_os_str().to_owned();
            beside.push(".tmp");
            fs::write(&beside, format!("{port}\n"))
                .and_then(|()| fs::rename(&beside, file))
                .map_err(|error| PortFileError { file: file.to_owned(), error })?;
        }
        Ok(Self(file))
    }
}

impl Drop for PortFile<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.0 {
            // Somebody may have removed it already.
            let _ = fs::remove_file(file);
        }
    }
}
