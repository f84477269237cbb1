//! Fields, one wrong at a time and some together, in the body of every route.

pub mod calls;
pub mod groups;
pub mod users;

use serde_json::Value;

use super::row::{Expected, Row};

/// What is wrong, the fields that say so, and the answer.
type Field = (&'static str, Value, Expected);

/// Lays each row's fields over a good body.
fn over(route: &str, good: &Value, rows: Vec<Field>) -> Vec<Row> {
    let laid = |(name, fields, expected): Field| {
        let mut body = good.clone();
        if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
            body.extend(fields);
        }
        Row::new(format!("{route}: {name}"), route, expected).json(&body)
    };
    rows.into_iter().map(laid).collect()
}

/// As many names as asked for.
fn many(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("n{at}")).collect()
}
