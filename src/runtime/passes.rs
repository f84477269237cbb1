//! The signed passes that clients carry: for the realtime socket, and for the session of a call.
//! They are JWTs signed with HS256 (seen). A client keeps the one of its log-in for weeks and never
//! asks for another by itself (seen), so they are good for long.

use std::time::Duration;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, crypto, decode, encode,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::domain::{
    ids::{AppId, SessionId, Uid},
    time::Timestamp,
};

/// How long a pass is good for.
const GOOD_FOR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Signs passes, and knows its own again.
pub struct Passes {
    signing: EncodingKey,
    checking: DecodingKey,
}

/// What a pass says of its bearer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Which app.
    pub app: AppId,
    /// Which of its users.
    pub uid: Uid,
}

/// What a socket's pass says.
#[derive(Serialize, Deserialize)]
struct ForSocket {
    #[serde(flatten)]
    who: Claims,
    aud: Socket,
}

/// What a session's pass says. The SDK reads `data.sessionId` out of it (seen).
#[derive(Serialize, Deserialize)]
struct ForSession {
    #[serde(flatten)]
    who: Claims,
    aud: Session,
    data: SessionClaims,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    #[serde(rename = "appId")]
    app: String,
    sub: String,
    iat: i64,
    exp: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionClaims {
    session_id: String,
}

/// So that neither pass is taken for the other.
#[derive(Serialize, Deserialize)]
enum Socket {
    #[serde(rename = "socket")]
    Socket,
}

/// See [`Socket`].
#[derive(Serialize, Deserialize)]
enum Session {
    #[serde(rename = "session")]
    Session,
}

impl Passes {
    /// Signs with this secret. A server that uses it again knows the passes of the one before.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self {
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
        }
    }

    /// A pass for the realtime socket: the `jwt` of a log-in.
    #[must_use]
    pub fn for_socket(&self, bearer: &Bearer, now: Timestamp) -> String {
        self.sign(&ForSocket { who: Claims::of(bearer, now), aud: Socket::Socket })
    }

    /// A pass for the session of a call: a call token.
    #[must_use]
    pub fn for_session(&self, bearer: &Bearer, session: &SessionId, now: Timestamp) -> String {
        let data = SessionClaims { session_id: session.as_str().to_owned() };
        self.sign(&ForSession { who: Claims::of(bearer, now), aud: Session::Session, data })
    }

    /// Who comes to the socket with this pass; `None` for one that is not good.
    #[must_use]
    pub fn at_socket(&self, pass: &str, now: Timestamp) -> Option<Bearer> {
        self.check::<ForSocket>(pass)?.who.bearer(now)
    }

    /// Who comes to which session with this pass; `None` for one that is not good.
    #[must_use]
    pub fn at_session(&self, pass: &str, now: Timestamp) -> Option<(Bearer, SessionId)> {
        let pass: ForSession = self.check(pass)?;
        Some((pass.who.bearer(now)?, SessionId::given(&pass.data.session_id)))
    }

    /// The secret of a user's own socket channel: the same at each log-in, and of no
    /// use to whoever knows another's.
    #[must_use]
    pub fn channel_secret(&self, bearer: &Bearer) -> [u8; 20] {
        let whose = format!("channel of {} in {}", bearer.uid, bearer.app);
        // HS256 signs whatever it is given.
        let signature = crypto::sign(whose.as_bytes(), &self.signing, Algorithm::HS256);
        signature.unwrap_or_default().as_bytes().first_chunk().copied().unwrap_or_default()
    }

    /// The app that a session's pass was made for, whatever the time is there.
    #[must_use]
    pub fn app_of(&self, pass: &str) -> Option<AppId> {
        AppId::parse(&self.check::<ForSession>(pass)?.who.app)
    }

    fn sign(&self, claims: &impl Serialize) -> String {
        // Only claims that are no JSON object fail.
        encode(&Header::new(Algorithm::HS256), claims, &self.signing).unwrap_or_default()
    }

    fn check<T: DeserializeOwned>(&self, pass: &str) -> Option<T> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Time is the app's, and looked at below; the audience is part of the type.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        Some(decode(pass, &self.checking, &validation).ok()?.claims)
    }
}

impl Claims {
    fn of(bearer: &Bearer, now: Timestamp) -> Self {
        Self {
            iss: "mock-calls".to_owned(),
            app: bearer.app.as_str().to_owned(),
            sub: bearer.uid.as_str().to_owned(),
            iat: now.secs(),
            exp: now.plus(GOOD_FOR).secs(),
        }
    }

    fn bearer(self, now: Timestamp) -> Option<Bearer> {
        let good = now.secs() < self.exp;
        let bearer = Bearer { app: AppId::parse(&self.app)?, uid: Uid::parse(&self.sub).ok()? };
        good.then_some(bearer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer() -> Bearer {
        Bearer { app: AppId::default(), uid: Uid::default() }
    }

    #[test]
    fn a_pass_is_good_where_and_as_long_as_it_was_made_for() {
        let passes = Passes::new(&[7; 32]);
        let now = Timestamp::from_secs(1_700_000_000);
        let pass = passes.for_socket(&bearer(), now);
        assert_eq!(passes.at_socket(&pass, now), Some(bearer()));
        assert_eq!(Passes::new(&[7; 32]).at_socket(&pass, now), Some(bearer()), "another server");
        assert_eq!(Passes::new(&[8; 32]).at_socket(&pass, now), None, "another secret");
        assert_eq!(passes.at_socket(&pass, now.plus(GOOD_FOR)), None, "too late");
        assert_eq!(passes.at_session(&pass, now), None, "for the socket alone");
        for bad in ["", "a.b.c", &pass[..pass.len() - 1], &format!("{pass}.")] {
            assert_eq!(passes.at_socket(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn a_sessions_pass_names_the_session() {
        let passes = Passes::new(&[7; 32]);
        let now = Timestamp::from_secs(1_700_000_000);
        let session = SessionId::given("v1.us.mock-app.1700000000");
        let pass = passes.for_session(&bearer(), &session, now);
        assert_eq!(passes.at_session(&pass, now), Some((bearer(), session)));
        assert_eq!(passes.at_socket(&pass, now), None, "for the session alone");
        assert_eq!(passes.app_of(&pass), Some(AppId::default()));
        assert_eq!(Passes::new(&[8; 32]).app_of(&pass), None, "another secret");
        assert_eq!(passes.app_of(&passes.for_socket(&bearer(), now)), None, "for the socket");
    }

    #[test]
    fn a_channels_secret_is_its_users_own() {
        let passes = Passes::new(&[7; 32]);
        let secret = passes.channel_secret(&bearer());
        assert_eq!(secret, Passes::new(&[7; 32]).channel_secret(&bearer()));
        assert_ne!(secret, [0; 20]);
        let other = Bearer { uid: Uid::parse("cometchat-uid-2").unwrap(), ..bearer() };
        assert_ne!(secret, passes.channel_secret(&other));
        let elsewhere = Bearer { app: AppId::parse("other").unwrap(), ..bearer() };
        assert_ne!(secret, passes.channel_secret(&elsewhere));
    }

    #[test]
    fn an_unsigned_pass_is_not_good() {
        let passes = Passes::new(&[7; 32]);
        let now = Timestamp::from_secs(1_700_000_000);
        let pass = passes.for_socket(&bearer(), now);
        let claims = pass.split('.').nth(1).unwrap();
        // {"alg":"none"}
        assert_eq!(passes.at_socket(&format!("eyJhbGciOiJub25lIn0.{claims}."), now), None);
    }
}
