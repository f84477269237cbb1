//! `/__mock/apps`: the worlds there are.

use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    context::{Control, Named},
    error::ControlError,
};

/// A world, by its counts.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "App")]
pub(super) struct AppJson {
    app_id: String,
    is_default: bool,
    users: usize,
    groups: usize,
    calls: usize,
}

/// `{"apps":[…]}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct List {
    apps: Vec<AppJson>,
}

/// `{"removed":"…"}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Removed {
    removed: String,
}

/// `GET /__mock/apps`, by name.
pub(super) async fn list(State(control): State<Control>) -> Json<List> {
    let default = &control.apps.options().settings.app;
    let mut apps: Vec<_> = control
        .apps
        .all()
        .iter()
        .map(|app| {
            app.peek(|world| AppJson {
                app_id: app.id().as_str().to_owned(),
                is_default: app.id() == default,
                users: world.accounts().count(),
                groups: world.rosters().count(),
                calls: world.calls().len(),
            })
        })
        .collect();
    apps.sort_by(|a, b| a.app_id.cmp(&b.app_id));
    Json(List { apps })
}

/// `DELETE /__mock/apps/{appId}`
pub(super) async fn remove(
    State(control): State<Control>,
    Named(app): Named,
) -> Result<Json<Removed>, ControlError> {
    if app == control.apps.options().settings.app.as_str() {
        let text = format!("{app} is the default app, which stays; POST /__mock/reset empties it.");
        return Err(ControlError::bad_app(text));
    }
    if !control.apps.remove(&app) {
        let text = format!("There is no app {app}; GET /__mock/apps lists those there are.");
        return Err(ControlError::not_found(text));
    }
    Ok(Json(Removed { removed: app }))
}
