//! The moments of the document.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use crate::domain::time::Timestamp;

/// A moment: Unix seconds, as everywhere on the vendor's wire, with up to three decimals where it
/// does not fall on a second.
#[derive(Clone, Copy, Debug)]
pub(in crate::control) struct Time(pub(in crate::control) Timestamp);

/// A moment that a client has told, which is kept as it was whatever it was.
#[derive(Clone, Copy, Debug)]
pub(in crate::control) struct Told(pub(in crate::control) Timestamp);

/// What nobody means as seconds: some time in the year 5138.
pub(in crate::control) const TOO_LATE: i64 = 100_000_000_000;

/// Until when clocks can be moved, in Unix seconds: some time in the year 3554. What begins then
/// also ends, or is let go, at a time that can be read.
pub(in crate::control) const LAST_CLOCK: i64 = TOO_LATE / 2;
/// Until when the clock of a document can stand: so much later that one can have run on.
pub(in crate::control) const LAST_STAND: i64 = LAST_CLOCK + 2_000_000_000;
/// How far it can be ahead of the server's, in milliseconds.
pub(in crate::control) const MOST_AHEAD: i64 = (LAST_CLOCK - 1_000_000_000) * 1000;

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let millis = self.0.millis();
        if millis % 1000 == 0 {
            return to.serialize_i64(millis / 1000);
        }
        #[expect(clippy::cast_precision_loss, reason = "exact for 200,000 years")]
        to.serialize_f64(millis as f64 / 1000.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        moment(from, TOO_LATE - 1).map(Self)
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Time(self.0).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        moment(from, i64::MAX).map(Self)
    }
}

/// Reads a moment, this one at the latest.
fn moment<'de, D: Deserializer<'de>>(from: D, last: i64) -> Result<Timestamp, D::Error> {
    struct Reads(i64);
    impl Visitor<'_> for Reads {
        type Value = Timestamp;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("Unix seconds, with decimals for milliseconds")
        }

        fn visit_i64<E: de::Error>(self, secs: i64) -> Result<Timestamp, E> {
            if secs > self.0 {
                return Err(E::custom(format!(
                    "{secs} looks like milliseconds; times are Unix seconds"
                )));
            }
            Ok(Timestamp::from_secs(secs))
        }

        fn visit_u64<E: de::Error>(self, secs: u64) -> Result<Timestamp, E> {
            self.visit_i64(i64::try_from(secs).unwrap_or(i64::MAX))
        }

        #[expect(clippy::cast_possible_truncation, reason = "bounded, or cut to the bounds")]
        fn visit_f64<E: de::Error>(self, secs: f64) -> Result<Timestamp, E> {
            self.visit_i64::<E>(secs as i64)?;
            Ok(Timestamp::from_millis((secs * 1000.0).round() as i64))
        }
    }
    from.deserialize_any(Reads(last))
}
