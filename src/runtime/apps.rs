//! All apps of a server. One is made the first time somebody names it.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicUsize, Ordering},
};

use foldhash::fast::RandomState;
use tokio::sync::mpsc;

use super::{
    app::{Alarm, App, Listener, Rooms, Scene},
    clock::{AppClock, Clock},
    faults::Faults,
    hints::AppHints,
    ids::{self, IdSource},
    journal::Journals,
    planting::Planting,
    timers,
    webhooks::{Courier, Deliveries},
};
use crate::domain::{
    error::Error,
    event::Event,
    ids::{AppId, AuthToken},
    time::Timestamp,
    world::{Settings, World},
};

/// How apps come about.
#[derive(Clone, Debug)]
pub struct AppsOptions {
    /// What every world is made with; its app id is the default app's.
    pub settings: Settings,
    /// Only apps that are known already may be named.
    pub strict: bool,
    /// How many there can be.
    pub most: usize,
    /// Where time comes from.
    pub clock: Clock,
    /// What journals are made with.
    pub journals: Journals,
    /// Makes ids repeat from run to run.
    pub seed: Option<u64>,
    /// What every app has from the start, beside the default users and group. It has to fit in
    /// with those.
    pub planting: Option<Arc<dyn Planting>>,
    /// Carries what webhooks are told.
    pub courier: Arc<Courier>,
}

/// The apps of a server.
pub struct Apps {
    options: AppsOptions,
    default: Arc<App>,
    by_id: papaya::HashMap<AppId, Arc<App>, RandomState>,
    made: AtomicUsize,
    tokens: Arc<TokenDirectory>,
    listeners: Arc<[Arc<dyn Listener>]>,
    alarms: mpsc::UnboundedSender<Alarm>,
}

impl Apps {
    /// Makes the default app and starts the timers, which end with the apps. Needs a tokio
    /// runtime.
    #[must_use]
    pub fn start(options: AppsOptions, listeners: Vec<Arc<dyn Listener>>) -> Self {
        let (alarms, heard) = mpsc::unbounded_channel();
        tokio::spawn(timers::run(options.clock.clone(), heard));

        let tokens = Arc::new(TokenDirectory::default());
        let listeners: Arc<[_]> =
            listeners.into_iter().chain([Arc::clone(&tokens) as Arc<dyn Listener>]).collect();
        let default = make(&options, options.settings.app.clone(), &listeners, &alarms);
        default.turn(|_| ());
        let by_id = papaya::HashMap::default();
        by_id.pin().insert(default.id().clone(), Arc::clone(&default));
        let made = AtomicUsize::new(1);
        Self { options, default, by_id, made, tokens, listeners, alarms }
    }

    /// What they were started with.
    #[must_use]
    pub const fn options(&self) -> &AppsOptions {
        &self.options
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// Never: there is always the default one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every app.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<App>> {
        self.by_id.pin().values().cloned().collect()
    }

    /// The app that a request is for.
    ///
    /// # Errors
    /// `AUTH_ERR_INVALID_APPID` for a malformed id, and with strict apps for an unknown one;
    /// `MOCK_TOO_MANY_APPS` when there is no room for another.
    pub fn choose(&self, hints: &AppHints<'_>) -> Result<Arc<App>, Error> {
        if let Some(named) = &hints.named {
            return self.named(named);
        }
        if let Some(app) = hints.token.as_ref().and_then(|token| self.of_token(token)) {
            return Ok(app);
        }
        if let Some(app) = &hints.pass {
            return self.named(app.as_str());
        }
        match hints.host_label() {
            Some(label) => self.named(&label),
            None => Ok(Arc::clone(&self.default)),
        }
    }

    /// Puts an app back to its seed, and says how many calls that removed. Its snapshots stay.
    pub fn reset(&self, app: &Arc<App>) -> usize {
        let settings = Settings { app: app.id().clone(), ..self.options.settings.clone() };
        let clock = AppClock::of(self.options.clock.clone());
        let fresh = |ids: &mut IdSource, now| fresh(&self.options, settings, ids, now);
        let before = app.reset(clock, fresh);
        app.faults().clear();
        app.journal().clear();
        before.calls().len()
    }

    /// Takes an app away; naming it again makes a fresh one. Says whether there was one that could
    /// go: the default app stays.
    pub fn remove(&self, app: &str) -> bool {
        if app == self.default.id().as_str() {
            return false;
        }
        let apps = self.by_id.pin();
        let Some(gone) = apps.remove(app) else { return false };
        self.made.fetch_sub(1, Ordering::Relaxed);
        gone.deliveries().drop_all();
        gone.journal().clear();
        gone.peek(|world| self.tokens.forget_all(gone.id(), world));
        gone.close();
        true
    }

    /// Waits until no delivery is under way.
    pub async fn rest(&self) {
        for app in self.all() {
            app.deliveries().rest().await;
        }
    }

    fn named(&self, given: &str) -> Result<Arc<App>, Error> {
        if given == self.default.id().as_str() {
            return Ok(Arc::clone(&self.default));
        }
        if let Some(app) = self.by_id.pin().get(given) {
            return Ok(Arc::clone(app));
        }
        let unknown = || Error::InvalidAppId { given: given.to_owned() };
        let id = AppId::parse(given).ok_or_else(unknown)?;
        if self.options.strict {
            return Err(unknown());
        }
        self.add(id)
    }

    /// Makes an app, unless somebody else makes the same one at this moment.
    fn add(&self, id: AppId) -> Result<Arc<App>, Error> {
        let limit = self.options.most;
        let grown = |made| (made < limit).then_some(made + 1);
        self.made
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown)
            .map_err(|_| Error::TooManyApps { limit })?;

        let fresh = make(&self.options, id.clone(), &self.listeners, &self.alarms);
        let apps = self.by_id.pin();
        let app = apps.get_or_insert(id, Arc::clone(&fresh));
        if Arc::ptr_eq(app, &fresh) {
            // Tells what it has from the start, and sets its alarm.
            fresh.turn(|_| ());
        } else {
            self.made.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(Arc::clone(app))
    }

    fn of_token(&self, token: &str) -> Option<Arc<App>> {
        let app = self.tokens.0.pin().get(token).cloned()?;
        self.by_id.pin().get(&app).cloned()
    }
}

fn make(
    options: &AppsOptions,
    id: AppId,
    listeners: &Arc<[Arc<dyn Listener>]>,
    alarms: &mpsc::UnboundedSender<Alarm>,
) -> Arc<App> {
    let (mut ids, name) = (IdSource::new(options.seed, &id), id.clone());
    let settings = Settings { app: id, ..options.settings.clone() };
    let world = fresh(options, settings, &mut ids, options.clock.now());
    let clock = AppClock::of(options.clock.clone());
    Arc::new_cyclic(|app| {
        App::new(
            world,
            ids,
            clock,
            Rooms {
                faults: Faults::none(ids::draws(options.seed, &name)),
                journal: options.journals.open(),
                deliveries: Deliveries::new(
                    Weak::clone(app),
                    Arc::clone(&options.courier),
                    ids::delivery_draws(options.seed, &name),
                ),
            },
            Arc::clone(listeners),
            alarms.clone(),
        )
    })
}

/// When the default users and group were made, where runs are to repeat.
const BORN: Timestamp = Timestamp::from_secs(1_700_000_000);

/// What an app starts with, and goes back to.
fn fresh(options: &AppsOptions, settings: Settings, ids: &mut IdSource, now: Timestamp) -> World {
    // With chance fixed, so is when the first users were made: a clock can be frozen only later.
    let mut world = World::seeded(settings, options.seed.map_or(now, |_| BORN));
    if let Some(planting) = &options.planting
        && let Err(flaw) = planting.plant(&mut world, ids, now)
    {
        tracing::error!(app = world.app().as_str(), %flaw, "the seed does not fit");
    }
    world
}

/// Which app each token opens, for requests that name no app. Where the same token is in several,
/// as a seed or a state that was put into another app brings about, the first one keeps it.
#[derive(Default)]
struct TokenDirectory(papaya::HashMap<AuthToken, AppId, RandomState>);

impl TokenDirectory {
    fn forget_all(&self, app: &AppId, world: &World) {
        for account in world.accounts() {
            account.tokens.keys().for_each(|token| self.forget(app, token));
        }
    }

    fn forget(&self, app: &AppId, token: &AuthToken) {
        let _ = self.0.pin().remove_if(token, |_, owner| owner == app);
    }
}

impl Listener for TokenDirectory {
    fn told(&self, scene: &Scene<'_>, event: &Event) {
        let app = scene.app.id();
        match event {
            Event::TokenIssued(token) => {
                self.0.pin().get_or_insert_with(token.clone(), || app.clone());
            }
            Event::TokenRevoked(token) => self.forget(app, token),
            Event::Call(_)
            | Event::RoomStarted(..)
            | Event::Joined(..)
            | Event::Left(..)
            | Event::RoomEnded(..)
            | Event::Recorded(_)
            | Event::Transcribed(_)
            | Event::Presence(..)
            | Event::UserGone(_)
            | Event::WebhookStopped(_) => {}
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;
    use crate::domain::{
        access::{Actor, Via},
        call::{CallType, Status},
        ids::Uid,
        room::MediaMode,
        rules::initiate::{Initiate, initiate},
    };

    struct Tell(mpsc::Sender<(AppId, Status, Timestamp)>, tokio::sync::Notify);

    impl Listener for Tell {
        fn told(&self, scene: &Scene<'_>, event: &Event) {
            if let Event::Call(message) = event {
                self.0.send((scene.app.id().clone(), message.action, message.at)).unwrap();
                self.1.notify_one();
            }
        }
    }

    pub(in crate::runtime) fn options(clock: Clock) -> AppsOptions {
        let settings = Settings {
            app: AppId::parse("mock-app").unwrap(),
            region: "us".into(),
            ring_timeout: Some(Duration::from_secs(45)),
            keys: Vec::new(),
            webhooks: Arc::default(),
            media: MediaMode::default(),
        };
        AppsOptions {
            settings,
            strict: false,
            most: 3,
            clock,
            journals: Journals::new(10, 1 << 20),
            seed: Some(1),
            planting: None,
            courier: Arc::new(Courier::new(Vec::new()).unwrap()),
        }
    }

    fn named<'a>(app: &'a str) -> AppHints<'a> {
        AppHints { named: Some(app.into()), ..AppHints::default() }
    }

    fn ring(app: &Arc<App>, by: &str, to: &str) {
        ring_by(app, Via::Key, by, to);
    }

    fn ring_by(app: &Arc<App>, via: Via, by: &str, to: &str) {
        app.turn(|turn| {
            let actor = Actor { uid: Uid::parse(by).unwrap(), via };
            let ask = Initiate {
                receiver: to.to_owned(),
                to_group: false,
                call_type: CallType::Audio,
                metadata: None,
            };
            initiate(turn.world, &actor, ask, turn.ids.call(), turn.now).unwrap();
        });
    }

    #[tokio::test]
    async fn ringing_ends_by_itself_in_every_app_at_its_own_time() {
        let clock = Clock::manual(Timestamp::from_secs(1_000));
        let (tell, told) = mpsc::channel();
        let tell = Arc::new(Tell(tell, tokio::sync::Notify::new()));
        let apps = Apps::start(options(clock.clone()), vec![Arc::clone(&tell) as _]);
        let (a, b) = (apps.choose(&named("a")).unwrap(), apps.choose(&named("b")).unwrap());

        ring(&a, "cometchat-uid-1", "cometchat-uid-2");
        clock.advance(Duration::from_secs(10));
        ring(&b, "cometchat-uid-1", "cometchat-uid-2");
        ring(&b, "cometchat-uid-3", "cometchat-uid-4");
        assert_eq!(told.try_iter().count(), 3);

        // Nobody asks for anything from here on: the waits are for what happens by itself.
        let mut heard = Vec::new();
        for (advance, expected) in [(35, 1), (9, 0), (1, 2)] {
            clock.advance(Duration::from_secs(advance));
            let goal = heard.len() + expected;
            while heard.len() < goal {
                tell.1.notified().await;
                heard.extend(told.try_iter());
            }
        }
        let at = |secs| Timestamp::from_secs(secs);
        let unanswered = |app: &Arc<App>, secs| (app.id().clone(), Status::Unanswered, at(secs));
        assert_eq!(heard, [unanswered(&a, 1_045), unanswered(&b, 1_055), unanswered(&b, 1_055)]);
        assert_eq!(told.try_iter().count(), 0);
    }

    #[tokio::test]
    async fn alarms_do_not_become_more_while_calls_ring_all_the_time() {
        let clock = Clock::manual(Timestamp::from_secs(1_000));
        let (alarms, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let listeners: Arc<[Arc<dyn Listener>]> = Arc::from([]);
        let id = AppId::parse("a").unwrap();
        let app = make(&options(clock.clone()), id, &listeners, &alarms);
        let mut set: Vec<Alarm> = Vec::new();
        for second in 0..5_000 {
            // A client's call rings longer, and so the backend's, which comes later, is due first.
            let client = ["cometchat-uid-1", "cometchat-uid-2"][second / 48 % 2];
            match second % 48 {
                0 => ring_by(&app, Via::Token, client, "cometchat-uid-5"),
                3 => ring_by(&app, Via::Key, "cometchat-uid-3", "cometchat-uid-4"),
                _ => {}
            }
            clock.advance(Duration::from_secs(1));
            while let Ok(alarm) = heard.try_recv() {
                set.push(alarm);
            }
            let due: Vec<_> = set.extract_if(.., |(at, _)| *at <= clock.now()).collect();
            due.iter().for_each(|(at, app)| app.wake(*at));
        }
        assert!(set.len() <= 3, "{} alarms are set", set.len());
    }

    #[tokio::test]
    async fn there_are_never_more_apps_than_allowed_and_none_goes_away() {
        let apps = Apps::start(options(Clock::system()), Vec::new());
        let first = apps.choose(&named("one")).unwrap();
        apps.choose(&named("two")).unwrap();
        assert!(matches!(apps.choose(&named("three")), Err(Error::TooManyApps { limit: 3 })));
        assert!(Arc::ptr_eq(&first, &apps.choose(&named("one")).unwrap()));
        assert_eq!(apps.len(), 3);
    }

    #[tokio::test]
    async fn strict_apps_know_only_the_default_one() {
        let apps =
            Apps::start(AppsOptions { strict: true, ..options(Clock::system()) }, Vec::new());
        assert!(apps.choose(&AppHints::default()).is_ok());
        assert!(apps.choose(&named("mock-app")).is_ok());
        assert!(matches!(apps.choose(&named("other")), Err(Error::InvalidAppId { .. })));
    }

    #[tokio::test]
    async fn a_token_finds_its_app_until_it_is_revoked_or_reset() {
        let apps = Apps::start(options(Clock::system()), Vec::new());
        let app = apps.choose(&named("a")).unwrap();
        let issue = || {
            app.turn(|turn| {
                let tail = turn.ids.token();
                let client = serde_json::Map::new();
                turn.world.create_token("cometchat-uid-1", client, tail, turn.now).unwrap().0
            })
        };
        let (first, second) = (issue(), issue());
        let chosen = |token: &AuthToken| {
            let hints = AppHints { token: Some(token.as_str().into()), ..AppHints::default() };
            apps.choose(&hints).unwrap().id().clone()
        };
        assert_eq!(chosen(&first), *app.id());
        app.turn(|turn| turn.world.delete_token("cometchat-uid-1", first.as_str())).unwrap();
        assert_eq!(chosen(&first).as_str(), "mock-app");
        assert_eq!(chosen(&second), *app.id());
        apps.reset(&app);
        assert_eq!(chosen(&second).as_str(), "mock-app");
    }
}
