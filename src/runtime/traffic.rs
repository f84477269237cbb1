//! How many requests there were of each kind, since the server started. Counting takes no lock.

use std::{
    hash::Hash,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::http::Method;
use foldhash::fast::RandomState;
use papaya::Equivalent;

use crate::domain::code::Code;

/// A kind of request: what it was for, and what it was answered with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind<Route = String> {
    /// The route's path, parameters in braces; empty for what no route answers.
    pub route: Route,
    /// The method, as a label.
    pub method: &'static str,
    /// The status; 0 where the connection was ended instead.
    pub status: u16,
    /// The code it was refused with.
    pub code: Option<Code>,
}

impl Equivalent<Kind> for Kind<&str> {
    fn equivalent(&self, other: &Kind) -> bool {
        let Kind { route, method, status, code } = other;
        (self.route, self.method, self.status, self.code) == (route, method, *status, *code)
    }
}

/// The counts. There are as many as there are routes, statuses and codes at most.
#[derive(Debug, Default)]
pub struct Traffic(papaya::HashMap<Kind, AtomicU64, RandomState>);

impl Traffic {
    /// Counts a request.
    pub fn count(&self, kind: &Kind<&str>) {
        let counts = self.0.pin();
        let count = match counts.get(kind) {
            Some(count) => count,
            None => counts.get_or_insert_with(
                Kind {
                    route: kind.route.to_owned(),
                    method: kind.method,
                    status: kind.status,
                    code: kind.code,
                },
                AtomicU64::default,
            ),
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Every count there is, in order.
    #[must_use]
    pub fn counts(&self) -> Vec<(Kind, u64)> {
        let counts = self.0.pin();
        let mut all: Vec<_> = counts
            .iter()
            .map(|(kind, count)| (kind.clone(), count.load(Ordering::Relaxed)))
            .collect();
        all.sort();
        all
    }
}

/// The method as a label: clients can make up any number of others.
#[must_use]
pub const fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_count() {
        let traffic = Traffic::default();
        let kind = |code| Kind { route: "/calls", method: "POST", status: 400, code };
        traffic.count(&kind(None));
        traffic.count(&kind(Some(Code::BusyUser)));
        traffic.count(&kind(None));
        let counts: Vec<_> =
            traffic.counts().into_iter().map(|(kind, count)| (kind.code, count)).collect();
        assert_eq!(counts, [(None, 2), (Some(Code::BusyUser), 1)]);
    }
}
