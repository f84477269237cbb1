//! One world of a server, in the hands of a test.

use std::{fmt, panic::Location, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::runtime::Handle;

use super::{
    clock::Clock,
    deliveries::Delivery,
    expect::{Expect, ExpectDelivery, Mismatch, sequence},
    fail::{expect, fail, fail_at},
    faults::{ArmedFault, Fault},
    making::{GroupBuilder, UserBuilder, WebhookBuilder},
    refused::Refused,
    requests::Request,
    seed::Seed,
    waiting,
};
use crate::{
    control::direct as control,
    http::direct as http,
    runtime::{app, apps::Apps},
};

/// An isolated world: users, groups, calls, a clock, faults and a journal of its own. Requests are
/// for it that name it in their `appId` header. Clones are the same world.
#[derive(Clone)]
pub struct App {
    app: Arc<app::App>,
    apps: Arc<Apps>,
    server: Handle,
}

impl App {
    pub(super) const fn of(app: Arc<app::App>, apps: Arc<Apps>, server: Handle) -> Self {
        Self { app, apps, server }
    }

    /// Its name, for the header `appId`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.app.id().as_str()
    }

    /// Adds users, groups, calls in any status and the like, as `POST /__mock/seed` does: all of it
    /// or, when anything is wrong, nothing.
    ///
    /// ```
    /// use mock_calls::{Call, MockServer, Seed, User};
    ///
    /// let server = MockServer::start_blocking();
    /// let app = server.app("seeded");
    /// app.seed(
    ///     Seed::new()
    ///         .user(User::new("alice").name("Alice"))
    ///         .user("bob")
    ///         .call(Call::new("alice", "bob").session_id("talk").status("ended")),
    /// );
    /// assert_eq!(app.call("talk").unwrap()["initiator"], "alice");
    ///
    /// app.seed(r#"{"users":[{"uid":"carol"}]}"#);
    /// ```
    ///
    /// # Panics
    /// For what cannot be seeded, with the field and what was expected.
    #[track_caller]
    pub fn seed(&self, seed: impl Into<Seed>) {
        expect(self.try_seed(seed));
    }

    /// The same.
    ///
    /// # Errors
    /// For what cannot be seeded, with the field and what was expected.
    pub fn try_seed(&self, seed: impl Into<Seed>) -> Result<(), Refused> {
        let json = seed.into().read().map_err(Refused::no_json)?;
        self.inside(|app| control::seed(app, &json))?;
        Ok(())
    }

    /// Puts it back to its seed, in one step: calls, journal, faults, clock, sockets.
    pub fn reset(&self) {
        self.inside(|app| self.apps.reset(app));
    }

    /// All of it, as `GET /__mock/state` shows it.
    ///
    /// # Panics
    /// Never, as far as is known: everything has a form in JSON.
    #[must_use]
    #[track_caller]
    pub fn state(&self) -> Value {
        expect(self.inside(control::state).map_err(Refused::from))
    }

    /// Becomes what [`App::state`] showed, in one step, here or in another app.
    ///
    /// # Panics
    /// For what is no state, with the field and what was expected.
    #[track_caller]
    pub fn set_state(&self, state: &Value) {
        let put = self.inside(|app| control::put_state(&self.apps, app, state));
        expect(put.map_err(Refused::from));
    }

    /// A call as `GET /calls/{sessionId}` shows it to a REST API key, if there is one.
    #[must_use]
    pub fn call(&self, session_id: &str) -> Option<Value> {
        self.inside(|app| http::call(app, session_id))
    }

    /// Its clock.
    #[must_use]
    pub const fn clock(&self) -> Clock<'_> {
        Clock::of(self)
    }

    /// Has the next request refused with this code; it takes no effect.
    ///
    /// # Panics
    /// For a code that there is not, with one that is near.
    #[track_caller]
    pub fn fail_next(&self, code: &str) {
        self.fault(Fault::error(code).times(1));
    }

    /// Has something go wrong with requests until it is taken away, as `POST /__mock/faults` does.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mock_calls::{Fault, MockServer};
    ///
    /// let server = MockServer::start_blocking();
    /// let app = server.app("faulty");
    /// let slow = app.fault(Fault::delay(Duration::from_millis(5)).path("/users/*"));
    /// assert_eq!(slow.fired(), 0);
    /// slow.disarm();
    /// ```
    ///
    /// # Panics
    /// For a fault that cannot be armed, with the field and what was expected.
    #[track_caller]
    pub fn fault(&self, fault: impl Into<Fault>) -> ArmedFault {
        expect(self.try_fault(fault))
    }

    /// The same.
    ///
    /// # Errors
    /// For a fault that cannot be armed, with the field and what was expected.
    pub fn try_fault(&self, fault: impl Into<Fault>) -> Result<ArmedFault, Refused> {
        let json = fault.into().read().map_err(Refused::no_json)?;
        let armed = self.inside(|app| control::arm(app, &json))?;
        Ok(ArmedFault::of(Arc::clone(&self.app), armed.id))
    }

    /// What was asked of it and what it answered, oldest first. Nothing is masked.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.app.journal().entries().0.into_iter().map(Request::of).collect()
    }

    /// Asks for requests among those that came, at least one unless said otherwise.
    ///
    /// ```should_panic
    /// use mock_calls::{Expect, MockServer};
    ///
    /// let server = MockServer::start_blocking();
    /// server.app("silent").verify(Expect::request("POST", "/calls").times(1));
    /// ```
    ///
    /// # Panics
    /// When they are not there, with those that come nearest and by what they differ.
    #[track_caller]
    pub fn verify(&self, expected: impl Into<Expect>) {
        expect(self.check(expected));
    }

    /// The same. Says how many there are.
    ///
    /// # Errors
    /// When they are not there, with those that come nearest and by what they differ.
    ///
    /// # Panics
    /// For what is no expectation.
    #[track_caller]
    pub fn check(&self, expected: impl Into<Expect>) -> Result<usize, Mismatch> {
        let json = expect(expected.into().read());
        let verdict = self.inside(|app| control::verify_requests(app, &json));
        expect(verdict.map_err(Refused::from)).map_err(|mismatch| Mismatch::of(&json, mismatch))
    }

    /// Asks for requests that came in this order, with any others between them.
    ///
    /// # Panics
    /// When one of them is not there after those before it.
    #[track_caller]
    pub fn verify_sequence<E: Into<Expect>>(&self, expected: impl IntoIterator<Item = E>) {
        self.verify(expect(sequence(expected)));
    }

    /// The same as [`App::verify`] as soon as it comes true, waiting so long at most by the
    /// machine's clock. Can be awaited on every runtime.
    ///
    /// # Panics
    /// When they are not there in that time, or the server is gone.
    #[track_caller]
    pub fn verify_within<E: Into<Expect>>(
        &self,
        within: Duration,
        expected: E,
    ) -> impl Future<Output = ()> + Send + use<E> {
        let asked = Location::caller();
        let json = expect(expected.into().read());
        let act = control::await_requests(Arc::clone(&self.app), json.clone(), within);
        let verdict = waiting::on(&self.server, act);
        async move {
            match verdict.await {
                Some(Ok(Ok(_))) => {}
                Some(Ok(Err(mismatch))) => fail_at(asked, Mismatch::of(&json, mismatch)),
                Some(Err(error)) => fail_at(asked, Refused::from(error)),
                None => fail_at(asked, GONE),
            }
        }
    }

    /// Registers a webhook, which is told of all triggers of calls unless some are named.
    ///
    /// ```
    /// use mock_calls::MockServer;
    ///
    /// let server = MockServer::start_blocking();
    /// let sink = format!("{}/__mock/webhooks/sink/mine", server.control_url());
    /// let app = server.app("told");
    /// app.webhook("mine", &sink).trigger("call_initiated").retry_on_failure().create();
    /// ```
    pub fn webhook(&self, id: &str, url: &str) -> WebhookBuilder<'_> {
        WebhookBuilder::of(self, id, url)
    }

    /// What its webhooks were told, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.app.deliveries().records(|_| true).0.into_iter().map(Delivery::of).collect()
    }

    /// Waits until no delivery is pending. Can be awaited on every runtime.
    ///
    /// # Panics
    /// When something is pending after 60 seconds, or waits for a clock that stands, or the server
    /// is gone.
    #[track_caller]
    pub fn flush(&self) -> impl Future<Output = ()> + Send + use<> {
        let asked = Location::caller();
        let flushed = control::flush(Arc::clone(&self.app), control::FLUSH_PATIENCE);
        let flushed = waiting::on(&self.server, flushed);
        async move {
            match flushed.await {
                Some(Ok(())) => {}
                Some(Err(error)) => fail_at(asked, Refused::from(error)),
                None => fail_at(asked, GONE),
            }
        }
    }

    /// The same, for tests without a runtime. It keeps its thread from anything else.
    ///
    /// # Panics
    /// When something is pending after 60 seconds, or waits for a clock that stands, or the server
    /// is gone.
    #[track_caller]
    pub fn flush_blocking(&self) {
        let flushed = control::flush(Arc::clone(&self.app), control::FLUSH_PATIENCE);
        match waiting::blocking(&self.server, flushed) {
            Some(flushed) => expect(flushed.map_err(Refused::from)),
            None => fail(GONE),
        }
    }

    /// Asks for deliveries, as [`App::verify`] asks for requests.
    ///
    /// # Panics
    /// When they are not there, with those that come nearest and by what they differ.
    #[track_caller]
    pub fn verify_delivery(&self, expected: impl Into<ExpectDelivery>) {
        let json = expect(expected.into().read());
        let verdict = self.inside(|app| control::verify_deliveries(app, &json));
        let verdict = expect(verdict.map_err(Refused::from));
        expect(verdict.map_err(|mismatch| Mismatch::of(&json, mismatch)));
    }

    /// A user to be made.
    pub fn user(&self, uid: &str) -> UserBuilder<'_> {
        UserBuilder::of(self, uid)
    }

    /// A group to be made.
    pub fn group(&self, guid: &str) -> GroupBuilder<'_> {
        GroupBuilder::of(self, guid)
    }

    /// Logs a user in, as `POST /users/{uid}/auth_tokens` does, and gives the token.
    ///
    /// # Panics
    /// With `ERR_UID_NOT_FOUND`.
    #[must_use]
    #[track_caller]
    pub fn token(&self, uid: &str) -> String {
        expect(self.inside(|app| http::create_token(app, uid)).map_err(Refused::from))
    }

    /// Does something with the world. What that sets going goes on on the server's runtime.
    pub(super) fn inside<T>(&self, act: impl FnOnce(&Arc<app::App>) -> T) -> T {
        let _entered = self.server.enter();
        act(&self.app)
    }
}

/// What is said to who waits for a server that is no more.
const GONE: &str =
    "the server of this app has stopped; keep the MockServer for as long as its apps";

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("App").field(&self.id()).finish()
    }
}
