//! `/__mock/seed`: adds to an app what a test wants to find there.

use std::{path::Path, sync::Arc};

use axum::Json;

use super::{
    body::Body, context::Chosen, counts::CountsJson, document::Document, error::ControlError,
};
use crate::{
    domain::{
        archive::Flaw,
        time::Timestamp,
        world::{Settings, World},
    },
    runtime::{ids::IdSource, planting::Planting},
};

/// `POST /__mock/seed`: all of it, or nothing. The answer says how much the app has then.
pub(super) async fn add(
    Chosen(app): Chosen,
    Body(document): Body<Document>,
) -> Result<Json<CountsJson>, ControlError> {
    let counts = app.turn(|turn| {
        document.plant(turn.world, turn.ids, turn.now)?;
        Ok(turn.world.counts())
    });
    counts.map(CountsJson::from).map(Json).map_err(ControlError::flaw)
}

/// Why a file cannot be the seed of every app.
#[derive(Debug, thiserror::Error)]
pub enum SeedFileError {
    /// It cannot be read.
    #[error("cannot read the seed {0}: {1}")]
    Unreadable(String, #[source] std::io::Error),
    /// It is no JSON of that form; says field, line and column.
    #[error("the seed {0} is not what is expected: {1}")]
    Malformed(String, String),
    /// It does not fit into a fresh app.
    #[error("the seed {0} does not fit: {1}")]
    Misfit(String, #[source] Flaw),
}

/// Reads a seed for every app, and tries it on one with these settings.
///
/// # Errors
/// When it cannot be read, or does not fit.
pub fn seed_file(
    file: &Path,
    settings: Settings,
    now: Timestamp,
) -> Result<Arc<dyn Planting>, SeedFileError> {
    let name = || file.display().to_string();
    let text = std::fs::read(file).map_err(|error| SeedFileError::Unreadable(name(), error))?;
    let document: Document =
        super::body::read(&text).map_err(|problem| SeedFileError::Malformed(name(), problem))?;
    let mut trial = IdSource::new(Some(0), &settings.app);
    document
        .plant(&mut World::seeded(settings, now), &mut trial, now)
        .map_err(|flaw| SeedFileError::Misfit(name(), flaw))?;
    Ok(Arc::new(document))
}
