//! Users, groups and webhooks that are made in an app, as the vendor's API makes them.

use serde_json::{Map, Value};

use super::{
    app::App,
    fail::expect,
    fields::{Fields, texts},
    refused::Refused,
    seed::{of_a_group, of_a_user},
};
use crate::{
    domain::{error::Ruling, webhooks::Trigger},
    http::direct as http,
};

/// A user to be made, as `POST /users` makes one.
///
/// ```
/// use mock_calls::MockServer;
///
/// let server = MockServer::start_blocking();
/// let app = server.app("people");
/// let alice = app.user("alice").name("Alice").role("agent").create();
/// assert_eq!(alice["role"], "agent");
///
/// let refused = app.user("alice").try_create().unwrap_err();
/// assert_eq!(refused.code(), "ERR_UID_ALREADY_EXISTS");
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is made before create()"]
pub struct UserBuilder<'a> {
    app: &'a App,
    fields: Fields,
}

/// A group to be made, as `POST /groups` makes one.
///
/// ```
/// use mock_calls::MockServer;
///
/// let server = MockServer::start_blocking();
/// let app = server.app("circles");
/// let team = app.group("team").owner("cometchat-uid-1").members(["cometchat-uid-2"]).create();
/// assert_eq!(team["membersCount"], 2);
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is made before create()"]
pub struct GroupBuilder<'a> {
    app: &'a App,
    fields: Fields,
}

/// A webhook to be registered, as the management API registers one.
#[derive(Clone, Debug)]
#[must_use = "nothing is made before create()"]
pub struct WebhookBuilder<'a> {
    app: &'a App,
    fields: Fields,
    triggers: Vec<String>,
}

of_a_user!(UserBuilder<'_>);
of_a_group!(GroupBuilder<'_>);

impl<'a> UserBuilder<'a> {
    pub(super) fn of(app: &'a App, uid: &str) -> Self {
        Self { app, fields: Fields::with("uid", uid) }.having("name", uid)
    }

    fn make(self) -> Result<Value, Refused> {
        made(self.fields, |fields| self.app.inside(|app| http::create_user(app, fields)))
    }
}

impl<'a> GroupBuilder<'a> {
    pub(super) fn of(app: &'a App, guid: &str) -> Self {
        Self { app, fields: Fields::with("guid", guid) }.having("name", guid)
    }

    /// Who is in it beside the owner, at most 25.
    pub fn members<T: Into<String>>(mut self, uids: impl IntoIterator<Item = T>) -> Self {
        self.fields.put_in("members", "participants", texts(uids));
        self
    }

    fn make(self) -> Result<Value, Refused> {
        made(self.fields, |fields| self.app.inside(|app| http::create_group(app, fields)))
    }
}

impl<'a> WebhookBuilder<'a> {
    pub(super) fn of(app: &'a App, id: &str, url: &str) -> Self {
        let fields = Fields::with("id", id);
        let all = Self { app, fields, triggers: Vec::new() };
        all.having("name", id).having("webhookURL", url)
    }

    /// The display name; the id unless given.
    pub fn name(self, name: &str) -> Self {
        self.having("name", name)
    }

    /// Tells it of this, such as `call_initiated`, and of nothing that is not named.
    pub fn trigger(mut self, trigger: &str) -> Self {
        self.triggers.push(trigger.to_owned());
        self
    }

    /// Brings a user name and a password along.
    pub fn basic_auth(self, username: &str, password: &str) -> Self {
        let wanted = self.having("useBasicAuth", true);
        wanted.having("username", username).having("password", password)
    }

    /// Tells it again, 10 and 30 seconds after that failed first, by the app's clock.
    pub fn retry_on_failure(self) -> Self {
        self.having("retryOnFailure", true)
    }

    fn make(mut self) -> Result<Value, Refused> {
        if self.triggers.is_empty() {
            self.triggers = Trigger::ALL.iter().map(|all| all.as_str().to_owned()).collect();
        }
        let Self { app, fields, triggers } = self;
        made(fields, |fields| app.inside(|app| http::create_webhook(app, fields, &triggers)))
    }
}

/// How all of them are made in the end.
macro_rules! creates {
    ($($name:ident)+) => {$(
        impl $name<'_> {
            /// Makes it, and shows it as the vendor's API does.
            ///
            /// # Panics
            /// For what [`Self::try_create`] refuses.
            #[track_caller]
            pub fn create(self) -> Value {
                expect(self.make())
            }

            /// Makes it, and shows it as the vendor's API does.
            ///
            /// # Errors
            /// With the code and the message that the vendor's API refuses it with.
            pub fn try_create(self) -> Result<Value, Refused> {
                self.make()
            }

            fn having(mut self, field: &str, value: impl Into<Value>) -> Self {
                self.fields.put(field, value);
                self
            }
        }
    )+};
}

creates!(UserBuilder GroupBuilder WebhookBuilder);

fn made(
    fields: Fields,
    make: impl FnOnce(Map<String, Value>) -> Ruling<Value>,
) -> Result<Value, Refused> {
    make(fields.read().map_err(Refused::no_json)?).map_err(Refused::from)
}
