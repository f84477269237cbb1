//! The names things go by. Parsed once at the edge, then trusted; all are cheap to clone.

use std::{fmt, sync::Arc};

use super::{error::mask, time::Timestamp};

/// The longest uid or guid, in characters (vendor doc).
pub const MAX_NAME: usize = 100;

/// The longest app id, in characters (ours).
pub const MAX_APP_ID: usize = 64;

/// The longest name of a direct session, in characters (ours).
pub const MAX_MEET_ID: usize = 100;

/// The longest name of a device, in characters (ours).
pub const MAX_DEVICE_NAME: usize = 100;

/// Why a text is not a uid or guid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing there, or only blanks.
    Empty,
    /// Longer than [`MAX_NAME`].
    TooLong,
    /// Something else than letters, digits, `-` and `_`.
    Charset,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        text_id! { $(#[$doc])* secret $name }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), &self.0)
            }
        }
    };
    ($(#[$doc:meta])* secret $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text, as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id! {
    /// Who a user is: letters, digits, `-` and `_`, stored in lower case (vendor doc).
    Uid
}
text_id! {
    /// Which group: the same alphabet as a [`Uid`] (vendor doc).
    Guid
}
text_id! {
    /// Which app, that is, which isolated world. Compared as it is written.
    AppId
}
text_id! {
    /// `v1.{region}.{appId}.{10-digit time}{40 hex}` (seen).
    SessionId
}
text_id! {
    /// What a direct session is asked for by: letters, digits, `-`, `_` and `.`, in lower case. The
    /// SDKs put session ids into paths as they are (seen), which these characters stand.
    MeetId
}
text_id! {
    /// What somebody calls a device that is on a call. Kept as it is written.
    DeviceName
}
text_id! {
    /// What a logged-in client sends: `{uid}_{10-digit time}{30 hex}` (seen). A secret.
    secret AuthToken
}

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthToken({})", mask(&self.0))
    }
}

impl Uid {
    /// Reads a uid in any case.
    ///
    /// # Errors
    /// Says what is wrong with a text that cannot be one.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        parse_name(text).map(Self)
    }
}

impl Guid {
    /// Reads a guid in any case.
    ///
    /// # Errors
    /// Says what is wrong with a text that cannot be one.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        parse_name(text).map(Self)
    }
}

impl Default for Uid {
    /// The first user of a fresh app.
    fn default() -> Self {
        Self("cometchat-uid-1".into())
    }
}

impl Default for Guid {
    /// The group of a fresh app.
    fn default() -> Self {
        Self("cometchat-guid-1".into())
    }
}

impl Default for AppId {
    /// `mock-app`
    fn default() -> Self {
        Self("mock-app".into())
    }
}

impl AppId {
    /// Reads an app id: 1 to [`MAX_APP_ID`] letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_APP_ID).contains(&text.len());
        (fits && text.bytes().all(|b| is_name_byte(b) || b == b'.')).then(|| Self(text.into()))
    }
}

impl SessionId {
    /// A session id as some client sent it. Whether there is such a call is the world's business.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(text.into())
    }

    /// Makes the id of a new call.
    #[must_use]
    pub fn new(region: &str, app: &AppId, now: Timestamp, tail: [u8; 20]) -> Self {
        let (now, tail) = (format!("{:010}", now.secs()), hex_digits(tail));
        let tail = str::from_utf8(tail.as_flattened()).unwrap_or_default();
        Self(["v1.", region, ".", app.as_str(), ".", &now, tail].concat().into())
    }

    /// The id of a direct session: `v1.{region}.{appId}.{given id}`, in lower case (seen).
    #[must_use]
    pub fn direct(region: &str, app: &AppId, meet: &MeetId) -> Self {
        Self(format!("{}{meet}", head(region, app).to_lowercase()).into())
    }
}

impl MeetId {
    /// Reads a name in any case: 1 to [`MAX_MEET_ID`] characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_MEET_ID).contains(&text.len());
        let is_named = fits && text.bytes().all(|b| is_name_byte(b) || b == b'.');
        is_named.then(|| Self(text.to_ascii_lowercase().into()))
    }

    /// The name of the direct session that is meant by this, which may be the whole id of one.
    #[must_use]
    pub fn meant(text: &str, region: &str, app: &AppId) -> Option<Self> {
        let text = text.to_lowercase();
        Self::parse(text.strip_prefix(&head(region, app).to_lowercase()).unwrap_or(&text))
    }
}

impl From<&MeetId> for Guid {
    /// The group that a direct session of this name is shown to be for. There may be none, and if
    /// the name has a `.` there is none.
    fn from(meet: &MeetId) -> Self {
        Self(Arc::clone(&meet.0))
    }
}

impl AuthToken {
    /// A token as some client sent it, or as a seed names it.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(text.into())
    }

    /// Makes the token of a new log-in.
    #[must_use]
    pub fn new(uid: &Uid, now: Timestamp, tail: [u8; 15]) -> Self {
        Self(format!("{uid}_{:010}{}", now.secs(), hex(&tail)).into())
    }
}

impl DeviceName {
    /// Reads a name: 1 to [`MAX_DEVICE_NAME`] characters, none of them blank or a control.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_DEVICE_NAME).contains(&text.chars().count());
        let is_visible = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        (fits && is_visible).then(|| Self(text.into()))
    }
}

/// 128 random bits, written as a UUID on the wire (`mid`, device ids).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomId(pub [u8; 16]);

impl RandomId {
    /// As a UUID, in ASCII.
    #[must_use]
    pub fn digits(self) -> [u8; 36] {
        const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
        let mut text = [b'-'; 36];
        for (place, byte) in PLACES.into_iter().zip(self.0) {
            if let Some(two) = text.get_mut(place..place + 2) {
                two.copy_from_slice(&digits(byte));
            }
        }
        text
    }
}

impl fmt::Display for RandomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

/// The random part of everything a new call needs.
#[derive(Clone, Copy, Debug)]
pub struct CallIds {
    /// Ends the session id.
    pub session: [u8; 20],
    /// The secret of the call's socket channel.
    pub secret: [u8; 20],
    /// The log's `mid`.
    pub mid: RandomId,
    /// The caller's own device.
    pub caller: DeviceIds,
}

/// The random part of one joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceIds {
    /// The participant's `mid`.
    pub mid: RandomId,
    /// The participant's `deviceId`, without its suffix.
    pub device: RandomId,
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().flat_map(|byte| digits(*byte)).collect();
    String::from_utf8(digits).unwrap_or_default()
}

/// The same of so many, without need of memory.
#[must_use]
pub fn hex_digits<const N: usize>(bytes: [u8; N]) -> [[u8; 2]; N] {
    bytes.map(digits)
}

fn digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    /// Both digits of every byte.
    #[expect(clippy::indexing_slicing, reason = "in bounds, or it would not compile")]
    static PAIRS: [[u8; 2]; 256] = {
        let (mut pairs, mut byte) = ([[0; 2]; 256], 0);
        while byte < 256 {
            pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 0xf]];
            byte += 1;
        }
        pairs
    };
    PAIRS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// What every session id of an app begins with.
fn head(region: &str, app: &AppId) -> String {
    format!("v1.{region}.{app}.")
}

fn parse_name(text: &str) -> Result<Arc<str>, NameError> {
    if text.trim().is_empty() {
        return Err(NameError::Empty);
    }
    if text.chars().count() > MAX_NAME {
        return Err(NameError::TooLong);
    }
    if !text.bytes().all(is_name_byte) {
        return Err(NameError::Charset);
    }
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Ok(text.to_ascii_lowercase().into());
    }
    Ok(text.into())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_cased_and_bounded() {
        assert_eq!(Uid::parse("Ann-1_b").unwrap().as_str(), "ann-1_b");
        assert_eq!(Uid::parse(&"a".repeat(100)).unwrap().as_str().len(), 100);
        assert_eq!(Uid::parse(&"a".repeat(101)), Err(NameError::TooLong));
        assert_eq!(Uid::parse("  "), Err(NameError::Empty));
        assert_eq!(Guid::parse("a b"), Err(NameError::Charset));
        assert_eq!(Guid::parse("ü"), Err(NameError::Charset));
    }

    #[test]
    fn a_session_id_has_the_vendors_form() {
        let app = AppId::parse("mock-app").unwrap();
        let id = SessionId::new("us", &app, Timestamp::from_secs(1_646_995_097), [0xab; 20]);
        assert_eq!(id.as_str(), format!("v1.us.mock-app.1646995097{}", "ab".repeat(20)));
    }

    #[test]
    fn a_direct_session_goes_by_its_name_and_by_its_whole_id() {
        let app = AppId::parse("Team.A").unwrap();
        let meant = |text: &str| MeetId::meant(text, "us", &app);
        let id = |text: &str| SessionId::direct("us", &app, &meant(text).unwrap());
        assert_eq!(id("Stand-up_1.b").as_str(), "v1.us.team.a.stand-up_1.b");
        assert_eq!(id("v1.us.Team.A.stand-up_1.B"), id("stand-up_1.b"));
        assert_eq!(id(id("x").as_str()), id("x"));
        assert_eq!(id("v1.us.other.x").as_str(), "v1.us.team.a.v1.us.other.x");
        assert!(meant(&"x".repeat(100)).is_some());
        for bad in ["", "a b", "a/b", "a%20", "ü", "v1.us.team.a.", &"x".repeat(101)] {
            assert_eq!(meant(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_shown_of_a_token_for_debugging_logs_nobody_in() {
        let token = AuthToken::given("ann_1700000000abc");
        assert_eq!(format!("{token:?}"), "AuthToken(ann_1*******00abc)");
    }

    #[test]
    fn app_ids_are_checked() {
        assert!(AppId::parse("team-a.ci_7").is_some());
        for bad in ["", "a b", "a/b", "é", &"a".repeat(65)] {
            assert!(AppId::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn random_bits_are_written_as_a_uuid() {
        let id = RandomId(*uuid::uuid!("68b6dacd-75a7-05fc-b988-0b2d104f4407").as_bytes());
        assert_eq!(id.to_string(), "68b6dacd-75a7-05fc-b988-0b2d104f4407");
        for byte in 0..=255 {
            let bits = [byte; 16];
            assert_eq!(RandomId(bits).to_string(), uuid::Uuid::from_bytes(bits).to_string());
        }
    }

    #[test]
    fn device_names_are_kept_as_written_and_checked() {
        for good in ["x", "Phone", "3f@rtc.mock/ann", "\u{1f4f1}", &"é".repeat(100)] {
            assert_eq!(DeviceName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\u{a0}b", "a\n", "\0", &"a".repeat(101)] {
            assert!(DeviceName::parse(bad).is_none(), "{bad:?}");
        }
    }
}
