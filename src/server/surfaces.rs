//! What the configuration makes of the apps and of the two surfaces.

use std::sync::{Arc, LazyLock};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{openapi::openapi, tls::Tls};
use crate::{
    config::{Config, Media},
    control::{Control, SeedFileError, seed_file, seed_text},
    domain::{
        access::{ApiKey, KeyScope, ManagementKey},
        room::MediaMode,
        world::Settings,
    },
    http::{Service, ServiceOptions},
    runtime::{
        apps::{Apps, AppsOptions},
        clock::Stopwatch,
        ids::RequestIds,
        journal::Journals,
        passes::Passes,
        statuses::Statuses,
        traffic::Traffic,
        webhooks::Courier,
    },
};

/// What ends answers that have no end of their own.
#[derive(Default)]
pub(super) struct Ending {
    /// The server is going down.
    pub(super) stopping: CancellationToken,
    /// The realtime sockets that are open.
    pub(super) sockets: TaskTracker,
}

/// How apps come about.
pub(super) fn apps_options(
    config: &Config,
    courier: Courier,
) -> Result<AppsOptions, SeedFileError> {
    let settings = settings(config);
    let (now, from_file) = (config.clock.now(), config.seed_file.as_deref());
    let planting = match (&config.seed, from_file) {
        (Some(text), _) => {
            Some(seed_text("of the builder".to_owned(), text.as_bytes(), settings.clone(), now)?)
        }
        (None, Some(file)) => Some(seed_file(file, settings.clone(), now)?),
        (None, None) => None,
    };
    let memory = usize::try_from(config.journal_memory.as_u64()).unwrap_or(usize::MAX);
    Ok(AppsOptions {
        settings,
        strict: config.strict_apps,
        most: config.max_apps,
        clock: config.clock.clone(),
        journals: Journals::new(config.journal, memory),
        seed: config.seed_rng,
        planting,
        courier: Arc::new(courier),
    })
}

/// What holds in every app.
pub(super) fn settings(config: &Config) -> Settings {
    let keys = vec![
        ApiKey { key: config.api_key.to_string(), scope: KeyScope::FullAccess },
        ApiKey { key: config.auth_key.to_string(), scope: KeyScope::AuthOnly },
    ];
    Settings {
        app: config.app_id.clone(),
        region: config.region.as_str().into(),
        ring_timeout: Some(config.ring_timeout).filter(|ring| !ring.is_zero()),
        keys,
        webhooks: config.webhooks.as_slice().into(),
        media: match config.media {
            Media::Auto => MediaMode::Auto,
            Media::Manual => MediaMode::Manual,
        },
    }
}

/// What the management API asks for.
pub(super) fn management(config: &Config) -> ManagementKey {
    ManagementKey {
        key: config.management_key.to_string(),
        secret: config.management_secret.to_string(),
    }
}

/// Which code is answered with which status.
pub(super) fn statuses(config: &Config) -> Statuses {
    let mut statuses = Statuses::default();
    for (code, status) in &config.statuses {
        statuses.change(*code, *status);
    }
    statuses
}

pub(super) fn surfaces(
    config: &Config,
    apps: &Arc<Apps>,
    tls: &Tls,
    ending: &Ending,
    secret: &[u8; 32],
) -> (Service, Control) {
    let request_ids = Arc::new(RequestIds::new(config.seed_rng));
    let statuses = statuses(config);
    let described = config.clone();
    let openapi: Box<dyn FnOnce() -> _ + Send> =
        Box::new(move || openapi(&described).to_string().into());
    let traffic = Arc::new(Traffic::default());
    let management = management(config);
    let service = Service {
        sockets: ending.sockets.clone(),
        stopping: ending.stopping.clone(),
        passes: Arc::new(Passes::new(secret)),
        traffic: Arc::clone(&traffic),
        apps: Arc::clone(apps),
        options: ServiceOptions {
            explain: !config.no_explain,
            statuses: statuses.clone(),
            management: management.clone(),
        },
        request_ids: Arc::clone(&request_ids),
    };
    let control = Control {
        traffic,
        stopping: ending.stopping.clone(),
        apps: Arc::clone(apps),
        request_ids,
        running: Stopwatch::start(),
        token: config.control_token.as_deref().map(Arc::from),
        openapi: Arc::new(LazyLock::new(openapi)),
        body_limit: config.control_body_limit,
        authority: tls.authority().clone(),
        vendor_port: None,
        statuses: Arc::new(statuses),
        management: Arc::new(management),
    };
    (service, control)
}
