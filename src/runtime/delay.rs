//! How long a fault waits: always the same, or drawn.

use std::{borrow::Cow, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Value, json};

use super::durations::{format, parse};

/// A delay or how it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Delay {
    /// `"300ms"`
    Fixed(Duration),
    /// `{"uniform":["50ms","200ms"]}`
    Uniform(Duration, Duration),
    /// `{"lognormal":{"median":"80ms","sigma":0.4}}`
    Lognormal {
        /// Half of the delays are shorter.
        median: Duration,
        /// The spread of their logarithm.
        sigma: f64,
    },
}

impl Delay {
    /// Draws a delay.
    pub(super) fn draw(&self, draws: &mut fastrand::Rng) -> Duration {
        match self {
            Self::Fixed(delay) => *delay,
            Self::Uniform(least, most) => {
                least.saturating_add(times(most.saturating_sub(*least), draws.f64()))
            }
            Self::Lognormal { median, sigma } => {
                // Box and Muller's way to a normal draw.
                let (radius, angle) = (1.0 - draws.f64(), draws.f64() * std::f64::consts::TAU);
                let normal = (-2.0 * radius.ln()).sqrt() * angle.cos();
                times(*median, (sigma * normal).exp().min(1_000.0))
            }
        }
    }

    fn read(value: &Value) -> Result<Self, String> {
        let examples = concat!(
            r#"a delay is "300ms", {"uniform":["50ms","200ms"]} or "#,
            r#"{"lognormal":{"median":"80ms","sigma":0.4}}"#
        );
        let duration = |value: Option<&Value>| {
            parse(value.and_then(Value::as_str).ok_or_else(|| examples.to_owned())?)
        };
        if value.is_string() {
            return duration(Some(value)).map(Self::Fixed);
        }
        if let Some(range) = value.get("uniform") {
            let Some([least, most]) = range.as_array().map(Vec::as_slice) else {
                return Err(examples.to_owned());
            };
            let (least, most) = (duration(Some(least))?, duration(Some(most))?);
            if least > most {
                return Err("the first of uniform must be the shorter one".to_owned());
            }
            return Ok(Self::Uniform(least, most));
        }
        let lognormal = value.get("lognormal").ok_or_else(|| examples.to_owned())?;
        let sigma = lognormal.get("sigma").and_then(Value::as_f64);
        let sigma = sigma.filter(|sigma| (0.0..=10.0).contains(sigma));
        let sigma = sigma.ok_or_else(|| "sigma must be a number from 0 to 10".to_owned())?;
        Ok(Self::Lognormal { median: duration(lognormal.get("median"))?, sigma })
    }
}

/// So many times as long, or as long as can be.
fn times(length: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(length.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::read(&Value::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Delay {
    fn schema_name() -> Cow<'static, str> {
        "Delay".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let duration = super::durations::schema(generator);
        let lognormal = json!({ "median": duration, "sigma": { "type": "number", "minimum": 0, "maximum": 10 } });
        let uniform = json!({ "type": "array", "items": duration, "minItems": 2, "maxItems": 2 });
        let one = |name: &str, schema: Value| {
            let fields = json!({ name: schema });
            json!({ "type": "object", "properties": fields, "required": [name] })
        };
        json_schema!({ "anyOf": [
            duration,
            one("uniform", uniform),
            one("lognormal", json!({ "type": "object", "properties": lognormal, "required": ["median", "sigma"] })),
        ] })
    }
}

impl Serialize for Delay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fixed(delay) => json!(format(*delay)),
            Self::Uniform(least, most) => json!({ "uniform": [format(*least), format(*most)] }),
            Self::Lognormal { median, sigma } => {
                json!({ "lognormal": { "median": format(*median), "sigma": sigma } })
            }
        }
        .serialize(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_delays_keep_to_their_distribution() {
        let mut draws = fastrand::Rng::with_seed(5);
        let millis = Duration::from_millis;
        let uniform = Delay::Uniform(millis(50), millis(200));
        assert!((0..1000).all(|_| (millis(50)..=millis(200)).contains(&uniform.draw(&mut draws))));
        let lognormal = Delay::Lognormal { median: millis(80), sigma: 0.4 };
        let shorter = (0..10_000).filter(|_| lognormal.draw(&mut draws) < millis(80)).count();
        assert!((4_800..5_200).contains(&shorter), "{shorter}");
        assert_eq!(Delay::Fixed(millis(7)).draw(&mut draws), millis(7));
    }

    #[test]
    fn what_is_longer_than_can_be_is_as_long_as_can_be() {
        let mut draws = fastrand::Rng::with_seed(5);
        let most = Delay::Lognormal { median: Duration::MAX, sigma: 10.0 };
        assert!((0..100).any(|_| most.draw(&mut draws) == Duration::MAX));
        let any = Delay::Uniform(Duration::ZERO, Duration::MAX);
        assert!((0..100).all(|_| any.draw(&mut draws) > Duration::ZERO));
    }

    #[test]
    fn delays_are_read_and_written_the_same() {
        for text in [
            r#""300ms""#,
            r#"{"uniform":["50ms","200ms"]}"#,
            r#"{"lognormal":{"median":"80ms","sigma":0.4}}"#,
        ] {
            let delay: Delay = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&delay).unwrap(), text);
        }
        for bad in ["7", "{}", r#"{"uniform":["2s","1s"]}"#, r#"{"lognormal":{"median":"1s"}}"#] {
            assert!(serde_json::from_str::<Delay>(bad).is_err(), "{bad}");
        }
    }
}
