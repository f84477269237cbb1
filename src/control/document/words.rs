//! The words of the document: names, enumerations, times and random bytes, each read into what the
//! domain calls it, with an error that says what is known.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use uuid::Uuid;

pub(in crate::control) use super::kinds::Part;
pub(super) use super::kinds::{Availability, GroupKind, ReceiverKind};
pub(in crate::control) use super::times::{LAST_CLOCK, Time};
pub(super) use super::times::{LAST_STAND, MOST_AHEAD, TOO_LATE, Told};
use crate::domain::{
    access::KeyScope,
    call::{CallType, Mode, Status},
    ids::{
        AuthToken, DeviceName, Guid, MAX_DEVICE_NAME, MAX_NAME, NameError, RandomId, SessionId,
        Uid, hex,
    },
    people::Scope,
    webhooks::{MAX_WEBHOOK_NAME, Trigger, WebhookId},
};

/// Something that is written as one word.
pub(in crate::control) trait Word: Sized {
    /// Reads it, or says what is wrong.
    fn read(text: &str) -> Result<Self, String>;
    fn word(&self) -> Cow<'_, str>;
    /// What such a word looks like.
    fn schema() -> Schema;
}

/// How the call log spells a status, and how everything else does: what was copied out of a log
/// can be put in.
const LOG_SPELLING: (&str, &str) = ("canceled", "cancelled");

/// A field that holds one word.
#[derive(Clone, Copy, Debug)]
pub(in crate::control) struct Text<T>(pub(in crate::control) T);

impl<T: Word> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.word())
    }
}

impl<'de, T: Word> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads<T>(PhantomData<T>);
        impl<T: Word> Visitor<'_> for Reads<T> {
            type Value = Text<T>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<T>, E> {
                T::read(text).map(Text).map_err(E::custom)
            }
        }
        from.deserialize_str(Reads(PhantomData))
    }
}

macro_rules! enumerations {
    ($($name:ident: $all:expr;)+) => {$(
        impl Word for $name {
            fn read(text: &str) -> Result<Self, String> {
                let all = $all;
                let text = if text == LOG_SPELLING.0 { LOG_SPELLING.1 } else { text };
                let found = all.into_iter().find(|one| *one.word() == *text);
                found.ok_or_else(|| {
                    let known: Vec<_> = all.iter().map(Word::word).collect();
                    format!("{text:?} is none of {}", known.join(", "))
                })
            }

            fn word(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn schema() -> Schema {
                json_schema!({ "type": "string", "enum": $all.map(Self::as_str) })
            }
        }
    )+};
}

enumerations! {
    Status: Status::ALL;
    CallType: [CallType::Audio, CallType::Video];
    Mode: [Mode::Call, Mode::Meet];
    Scope: [Scope::Admin, Scope::Moderator, Scope::Participant];
    KeyScope: [KeyScope::FullAccess, KeyScope::AuthOnly];
    Availability: [Availability::Online, Availability::Offline];
    ReceiverKind: [ReceiverKind::User, ReceiverKind::Group, ReceiverKind::Anyone];
    GroupKind: [GroupKind::Public, GroupKind::Private, GroupKind::Password];
    Part: [Part::Invited, Part::Rejected, Part::Joined, Part::Left];
}

macro_rules! names {
    ($($name:ident $what:literal;)+) => {$(
        impl Word for $name {
            fn read(text: &str) -> Result<Self, String> {
                Self::parse(text).map_err(|error| name_error(text, $what, error))
            }

            fn word(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn schema() -> Schema {
                let pattern = "^[A-Za-z0-9_-]+$";
                json_schema!({ "type": "string", "pattern": pattern, "maxLength": MAX_NAME })
            }
        }
    )+};
}

impl Word for WebhookId {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| {
            let why = match error {
                NameError::Empty => "it cannot be empty".to_owned(),
                NameError::TooLong => format!("it is longer than {MAX_WEBHOOK_NAME} characters"),
                NameError::Charset => "expected letters, digits, '-' and '_'".to_owned(),
            };
            format!("{text:?} is no webhook: {why}")
        })
    }

    fn word(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn schema() -> Schema {
        let pattern = "^[A-Za-z0-9_-]+$";
        json_schema!({ "type": "string", "pattern": pattern, "maxLength": MAX_WEBHOOK_NAME })
    }
}

impl Word for Trigger {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|trigger| trigger.as_str()).collect();
            format!("{text:?} is none of {}", known.join(", "))
        })
    }

    fn word(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn schema() -> Schema {
        let all: Vec<_> = Self::ALL.iter().map(|trigger| trigger.as_str()).collect();
        json_schema!({ "type": "string", "enum": all })
    }
}

names! {
    Uid "uid";
    Guid "guid";
}

fn name_error(text: &str, what: &str, error: NameError) -> String {
    let why = match error {
        NameError::Empty => "it cannot be empty",
        NameError::TooLong => "it is longer than 100 characters",
        NameError::Charset => "expected letters, digits, '-' and '_'",
    };
    format!("{text:?} is no {what}: {why}")
}

macro_rules! secrets {
    ($($name:ident)+) => {$(
        impl Word for $name {
            fn read(text: &str) -> Result<Self, String> {
                if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Ok(Self::given(text));
                }
                Err(format!("{text:?} is not visible ASCII without spaces"))
            }

            fn word(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn schema() -> Schema {
                json_schema!({ "type": "string", "pattern": "^[!-~]+$" })
            }
        }
    )+};
}

secrets!(SessionId AuthToken);

impl Word for DeviceName {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| {
            format!("{text:?} is no device: expected 1 to {MAX_DEVICE_NAME} characters, none blank")
        })
    }

    fn word(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn schema() -> Schema {
        let pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]+$";
        json_schema!({ "type": "string", "pattern": pattern, "maxLength": MAX_DEVICE_NAME })
    }
}

impl Word for RandomId {
    fn read(text: &str) -> Result<Self, String> {
        let id = Uuid::try_parse(text).map_err(|error| format!("{text:?} is no UUID: {error}"))?;
        Ok(Self(id.into_bytes()))
    }

    fn word(&self) -> Cow<'_, str> {
        Uuid::from_bytes(self.0).to_string().into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "uuid" })
    }
}

impl<const N: usize> Word for [u8; N] {
    fn read(text: &str) -> Result<Self, String> {
        let digits = text.as_bytes().chunks_exact(2);
        let byte = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = digits.map(byte).collect();
        let bytes = bytes.filter(|_| text.len() == N * 2 && !text.contains('+'));
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| format!("{text:?} is not {} hexadecimal digits", N * 2))
    }

    fn word(&self) -> Cow<'_, str> {
        hex(self).into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": format!("^[0-9A-Fa-f]{{{}}}$", N * 2) })
    }
}

/// A text that opens something, and is not shown by `{:?}`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("*****")
    }
}

/// An entry of a list of users: a whole object, or only the uid.
pub(super) trait ByUid {
    fn of(uid: Uid) -> Self;
}

/// See [`ByUid`].
#[derive(Clone, Debug)]
pub(super) struct Entry<T>(pub(super) T);

impl<T: Serialize> Serialize for Entry<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de, T: ByUid + Deserialize<'de>> Deserialize<'de> for Entry<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads<T>(PhantomData<T>);
        impl<'de, T: ByUid + Deserialize<'de>> Visitor<'de> for Reads<T> {
            type Value = Entry<T>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a uid, or an object with one")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Entry<T>, E> {
                Uid::read(text).map(|uid| Entry(T::of(uid))).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Entry)
            }
        }
        from.deserialize_any(Reads(PhantomData))
    }
}

/// A field that may be left out, or be `null` to say something.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
