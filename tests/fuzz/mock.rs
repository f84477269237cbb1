//! A server without a port, put together as `server` does it: its router, clocks that stand, and
//! an app that is in the same state before every input. Nothing waits in it, for whoever sleeps is
//! woken as soon as there is nothing else to do.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, LazyLock, Once,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header::ALLOW},
    response::Response,
};
use hyper::{body::Incoming, service::Service as _};
use hyper_util::service::TowerToHyperService;
use mock_calls::{
    config::Config,
    control::{self, Authority, Control},
    domain::{
        access::{ApiKey, KeyScope, ManagementKey},
        ids::{AppId, SessionId, Uid},
        room::MediaMode,
        time::Timestamp,
        world::Settings,
    },
    http::{self, Hangup, Payload, Service, ServiceOptions, Surface},
    runtime::{
        app::{App, Saved},
        apps::{Apps, AppsOptions},
        clock::{Clock, Stopwatch},
        hints::AppHints,
        ids::RequestIds,
        journal::Journals,
        passes::{Bearer, Passes},
        statuses::Statuses,
        traffic::Traffic,
        webhooks::Courier,
    },
    server::{Answering, Answers, Host, HungUp, Stop, Tls, connect, openapi},
};
use tokio::{
    io::DuplexStream,
    runtime::{Builder, Runtime},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{START, answers, operations::encoded};

/// What is in the app beside the users and the group that every app has.
const WORLD: &str = include_str!("world.json");
/// Signs the passes.
const SECRET: [u8; 32] = [7; 32];
/// Longer than anything takes that was not asked to wait.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// What is under way between client and server.
const LINE_BYTES: usize = 256 * 1024;

/// The server, and the one app that is asked.
pub struct Mock {
    runtime: Runtime,
    router: TowerToHyperService<Router>,
    host: Arc<Host>,
    stop: Stop,
    apps: Arc<Apps>,
    app: Arc<App>,
    beginning: Saved,
    /// What `GET /__mock/state` shows at the beginning.
    pub at_first: Bytes,
    sockets: TaskTracker,
    passes: Arc<Passes>,
}

/// What a request was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// `None` when it has no end, breaks off, or the connection does.
    pub body: Option<Bytes>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }
}

thread_local! {
    /// What panicked since the input was begun with, caught or not. All that a server does it does
    /// on the thread of its target, while the other targets have theirs.
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

impl Mock {
    pub fn start(media: MediaMode) -> Self {
        let runtime =
            Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let entered = runtime.enter();
        let settings = Settings {
            app: AppId::default(),
            region: "us".into(),
            ring_timeout: Some(Duration::from_secs(45)),
            keys: [("full", KeyScope::FullAccess), ("auth", KeyScope::AuthOnly)]
                .map(|(key, scope)| ApiKey { key: key.to_owned(), scope })
                .into(),
            webhooks: Arc::default(),
            media,
        };
        let apps = Arc::new(Apps::start(
            AppsOptions {
                settings,
                strict: false,
                most: 1_000,
                clock: Clock::manual(Timestamp::from_secs(START)),
                journals: Journals::new(20, 1 << 20),
                seed: Some(7),
                planting: None,
                courier: Arc::new(Courier::new(Vec::new()).unwrap()),
            },
            vec![Arc::new(http::Pushes), Arc::new(http::Notices)],
        ));
        let (sockets, passes) = (TaskTracker::new(), Arc::new(Passes::new(&SECRET)));
        let (surface, control) = surfaces(&apps, &sockets, &passes);
        let router = surface.clone().beside(control);
        let tls = runtime.block_on(Tls::start(&Config::default())).unwrap();
        let host = Host { surface: Some(surface), router: router.clone(), tls };
        let app = apps.choose(&AppHints::default()).unwrap();
        drop(entered);
        let beginning = app.save();
        let mut mock = Self {
            runtime,
            router: TowerToHyperService::new(router),
            host: Arc::new(host),
            stop: Stop::new(),
            apps,
            app,
            beginning,
            at_first: Bytes::new(),
            sockets,
            passes,
        };
        let seeded = mock.ask(plain("POST", "/__mock/seed", WORLD));
        assert!(seeded.is_success(), "{seeded:?}");
        mock.beginning = mock.app.save();
        mock.at_first = mock.state();
        mock
    }

    /// Puts everything back to the beginning.
    pub fn begin(&self) {
        count_panics();
        PANICS.take();
        for app in self.apps.all() {
            self.apps.remove(app.id().as_str());
        }
        self.apps.reset(&self.app);
        self.app.restore(self.beginning.clone());
        for name in self.app.snapshots().each(|name, _| name.to_owned()) {
            self.app.snapshots().forget(&name);
        }
    }

    /// Nothing panicked, and whoever comes now is served.
    pub fn end(&self) {
        self.app.faults().clear();
        let now = self.ask(plain("GET", "/calls", ""));
        assert!(now.is_success(), "afterwards: {now:?}");
        let panics = PANICS.take();
        assert!(panics.is_empty(), "the server panicked: {panics:?}");
    }

    pub fn block_on<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    pub const fn apps(&self) -> &Arc<Apps> {
        &self.apps
    }

    /// How many realtime sockets are open.
    pub fn sockets(&self) -> usize {
        self.sockets.len()
    }

    /// What a client logs in with at the realtime socket.
    pub fn pass(&self, uid: &str) -> String {
        let bearer = Bearer { app: self.app.id().clone(), uid: Uid::parse(uid).unwrap() };
        self.passes.for_socket(&bearer, Timestamp::from_secs(START))
    }

    /// The state of the app as one document.
    pub fn state(&self) -> Bytes {
        self.state_of(&self.app)
    }

    /// That of every app there is.
    pub fn states(&self) -> BTreeMap<AppId, Bytes> {
        self.apps.all().iter().map(|app| (app.id().clone(), self.state_of(app))).collect()
    }

    /// What is answered is not looked at: there is much of it, and it is asked for often.
    fn state_of(&self, app: &App) -> Bytes {
        let target = format!("/__mock/state?appId={}", encoded(app.id().as_str()));
        let answer = self.router.call(plain("GET", &target, ""));
        let (answer, _) =
            self.block_on(async { told(answer.await.unwrap().map(Payload::Other)).await });
        assert!(answer.is_success(), "{answer:?}");
        answer.body.unwrap()
    }

    /// Asks, and looks at the answer.
    pub fn ask(&self, request: Request) -> Answer {
        self.block_on(self.answer(request))
    }

    pub async fn answer(&self, request: Request) -> Answer {
        let asked = answers::Asked::of(&request, &self.apps);
        let answer = async {
            let answer = self.router.call(request).await.unwrap();
            told(answer.map(Payload::Other)).await
        };
        let Ok((answer, _)) = tokio::time::timeout(PATIENCE, answer).await else {
            assert!(asked.may_wait, "{asked:?} was not answered");
            let (status, headers) = (StatusCode::REQUEST_TIMEOUT, HeaderMap::new());
            return Answer { status, headers, body: None };
        };
        // Nobody is told anything outside.
        self.app.deliveries().drop_all();
        answers::check(&asked, &answer);
        answer
    }

    /// A connection to it, served as those of a port are.
    pub fn connect(&self) -> (DuplexStream, Waits) {
        let waits = Waits::default();
        let seen = waits.clone();
        let (client, server) = tokio::io::duplex(LINE_BYTES);
        let (apps, app) = (Arc::clone(&self.apps), Arc::clone(&self.app));
        let (host, stopping) = (Arc::clone(&self.host), self.stop.listener());
        self.runtime.spawn(async move {
            connect(server, &host, stopping, |answers| Door { answers, apps, app, waits: seen })
                .await;
        });
        (client, waits)
    }
}

/// Looks at what the requests of a connection are answered with.
struct Door {
    answers: Answers,
    apps: Arc<Apps>,
    app: Arc<App>,
    waits: Waits,
}

/// Whether what was last asked on a connection is answered late, or without an end.
#[derive(Clone, Default)]
pub struct Waits(Arc<AtomicBool>);

impl Waits {
    pub fn now(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, waits: bool) {
        self.0.store(waits, Ordering::Relaxed);
    }
}

impl hyper::service::Service<Request<Incoming>> for Door {
    type Response = Response<Payload>;
    type Error = HungUp;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Payload>, HungUp>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (app, asked) = (Arc::clone(&self.app), answers::Asked::of(&request, &self.apps));
        let (answer, waits) = (self.answers.call(request), self.waits.clone());
        waits.set(asked.may_wait);
        Box::pin(async move {
            let answer = answer.await;
            app.deliveries().drop_all();
            waits.set(false);
            let (told, response) = told(answer?).await;
            waits.set(answers::is_endless(&told));
            answers::check(&asked, &told);
            response.ok_or(HungUp)
        })
    }
}

impl Answering for Door {}

/// An answer with its whole body, and what goes out of it; nothing does where the server hangs up.
async fn told(mut response: Response<Payload>) -> (Answer, Option<Response<Payload>>) {
    response.headers_mut().remove(ALLOW);
    let hung_up = response.extensions().get::<Hangup>().is_some();
    let (parts, body) = response.into_parts();
    let (status, headers) = (parts.status, parts.headers.clone());
    let answer = Answer { status, headers, body: None };
    if hung_up {
        return (answer, None);
    }
    if answers::goes_on(&answer) {
        return (answer, Some(Response::from_parts(parts, body)));
    }
    match to_bytes(Body::new(body), usize::MAX).await {
        Ok(bytes) => {
            let response = Response::from_parts(parts, bytes.clone().into());
            (Answer { body: Some(bytes), ..answer }, Some(response))
        }
        Err(_) => (answer, None),
    }
}

fn surfaces(apps: &Arc<Apps>, sockets: &TaskTracker, passes: &Arc<Passes>) -> (Surface, Router) {
    let traffic = Arc::new(Traffic::default());
    let request_ids = Arc::new(RequestIds::new(Some(7)));
    let management = ManagementKey { key: "mk".to_owned(), secret: "ms".to_owned() };
    let stopping = CancellationToken::new();
    let service = Service {
        apps: Arc::clone(apps),
        options: ServiceOptions {
            explain: true,
            statuses: Statuses::default(),
            management: management.clone(),
        },
        request_ids: Arc::clone(&request_ids),
        passes: Arc::clone(passes),
        sockets: sockets.clone(),
        stopping: stopping.clone(),
        traffic: Arc::clone(&traffic),
    };
    let document: Box<dyn FnOnce() -> Bytes + Send> =
        Box::new(|| openapi(&Config::default()).to_string().into());
    let control = Control {
        apps: Arc::clone(apps),
        request_ids,
        traffic,
        stopping,
        running: Stopwatch::start(),
        token: None,
        openapi: Arc::new(LazyLock::new(document)),
        body_limit: Config::default().control_body_limit,
        vendor_port: None,
        statuses: Arc::new(Statuses::default()),
        management: Arc::new(management),
        authority: Authority::None,
    };
    (Surface::new(service), control::router(control, &[]))
}

/// A request of a backend.
pub fn plain(method: &str, target: &str, body: &str) -> Request {
    let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap());
    let request = request.uri(target).header("apikey", "full");
    request.body(Body::from(body.to_owned())).unwrap()
}

/// What this user's client comes to the session with.
pub fn call_pass(uid: &str, session: &str) -> String {
    let bearer = Bearer { app: AppId::default(), uid: Uid::parse(uid).unwrap() };
    let session = SessionId::given(session);
    Passes::new(&SECRET).for_session(&bearer, &session, Timestamp::from_secs(START))
}

/// The server catches panics, and tasks end with theirs unseen. Here they are counted before.
fn count_panics() {
    static COUNTING: Once = Once::new();
    COUNTING.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.with_borrow_mut(|panics| panics.push(panic.to_string()));
            before(panic);
        }));
    });
}
