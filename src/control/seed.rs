//! `/__mock/seed`: adds to an app what a test wants to find there.

use std::{path::Path, sync::Arc};

use axum::Json;

use super::{
    body::Body, context::Chosen, counts::CountsJson, document::Document, error::ControlError,
};
use crate::{
    domain::{
        archive::{Counts, Flaw},
        time::Timestamp,
        world::{Settings, World},
    },
    runtime::{app::App, ids::IdSource, planting::Planting},
};

/// `POST /__mock/seed`: all of it, or nothing. The answer says how much the app has then.
pub(super) async fn add(
    Chosen(app): Chosen,
    Body(document): Body<Document>,
) -> Result<Json<CountsJson>, ControlError> {
    plant(&app, &document).map(CountsJson::from).map(Json)
}

/// Puts all of it into an app, or nothing. Says how much the app has then.
pub(super) fn plant(app: &Arc<App>, document: &Document) -> Result<Counts, ControlError> {
    let counts = app.turn(|turn| {
        document.plant(turn.world, turn.ids, turn.now)?;
        Ok(turn.world.counts())
    });
    counts.map_err(ControlError::flaw)
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
    let name = file.display().to_string();
    match std::fs::read(file) {
        Ok(text) => seed_text(name, &text, settings, now),
        Err(error) => Err(SeedFileError::Unreadable(name, error)),
    }
}

/// The same for a seed that is there already, under a name for who is told what is wrong with it.
///
/// # Errors
/// When it does not fit.
pub fn seed_text(
    name: String,
    text: &[u8],
    settings: Settings,
    now: Timestamp,
) -> Result<Arc<dyn Planting>, SeedFileError> {
    let document: Document = match super::body::read(text) {
        Ok(document) => document,
        Err(problem) => return Err(SeedFileError::Malformed(name, problem)),
    };
    let mut trial = IdSource::new(Some(0), &settings.app);
    document
        .plant(&mut World::seeded(settings, now), &mut trial, now)
        .map_err(|flaw| SeedFileError::Misfit(name, flaw))?;
    Ok(Arc::new(document))
}
