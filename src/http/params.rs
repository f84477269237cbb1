//! What stands in the path and in the query.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use percent_encoding::percent_decode_str;

use super::error::Failure;
use crate::{
    domain::{
        error::{Details, Error, Ruling},
        people::User,
        query::{MOST_PER_PAGE, PageRequest},
    },
    runtime::glob::unprefixed,
};

/// The parameters of the path, decoded.
pub(super) struct Named<T>(pub(super) T);

impl<S, T> FromRequestParts<S> for Named<T>
where
    S: Send + Sync,
    T: serde::de::DeserializeOwned + Send,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(rejection) => {
                Err(Error::Invalid(Details::one("path", rejection.body_text())).into())
            }
        }
    }
}

/// The session id of the path, behind `/calls/`: empty where the path leaves it out.
pub(super) struct Session(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        // Each of the parameters that the router has found costs two pieces of memory.
        let path = unprefixed(parts.uri.path());
        let session = path.strip_prefix("/calls/").unwrap_or_default();
        let session = session.split_once('/').map_or(session, |(session, _)| session);
        Ok(Self(match session.contains('%') {
            true => percent_decode_str(session).decode_utf8_lossy().into_owned(),
            false => session.to_owned(),
        }))
    }
}

/// The query. A parameter that is given twice counts the last time; an empty one not at all.
pub(super) struct Query {
    given: Vec<(String, String)>,
    wrong: Details,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let given = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(Self { given, wrong: Details::default() })
    }
}

impl Query {
    /// A parameter's text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let given = self.given.iter().rev().find(|(key, _)| key == name);
        given.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A list: `a,b`, `name[]=a&name[]=b` or `name[0]=a`.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        let is_it = |key: &str| {
            key.strip_prefix(name).is_some_and(|rest| {
                rest.is_empty() || (rest.starts_with('[') && rest.ends_with(']'))
            })
        };
        self.given
            .iter()
            .filter(|(key, _)| is_it(key))
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// An integer.
    pub(super) fn integer(&mut self, name: &str) -> Option<i64> {
        let read = self.text(name)?.trim().parse().ok();
        if read.is_none() {
            self.wrong.add(name, format!("The {name} must be an integer."));
        }
        read
    }

    /// `true`, `false`, `1` or `0`.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.text(name)? {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                self.wrong.add(name, format!("The {name} field must be true or false."));
                None
            }
        }
    }

    /// `page` and `perPage`, which the chat SDK calls `per_page` (seen).
    pub(super) fn page(&mut self, default_per_page: usize) -> PageRequest {
        let page = self.at_least_one("page").unwrap_or(1);
        // Both are looked at, so that a wrong one is not passed over for a right one.
        let [per_page, spelled] = ["perPage", "per_page"].map(|name| self.at_least_one(name));
        let per_page = per_page.or(spelled).unwrap_or(default_per_page);
        PageRequest { page, per_page: per_page.min(MOST_PER_PAGE) }
    }

    /// Whether everything that was asked of it could be read.
    ///
    /// # Errors
    /// 400 `ERR_BAD_REQUEST` naming every parameter that could not.
    pub(super) fn check(&self) -> Ruling<()> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        Err(Error::Invalid(self.wrong.clone()).into())
    }

    fn at_least_one(&mut self, name: &str) -> Option<usize> {
        let given = self.integer(name)?;
        if given < 1 {
            self.wrong.add(name, format!("The {name} must be at least 1."));
        }
        Some(usize::try_from(given).unwrap_or(1))
    }
}

/// What `searchKey` looks for: in an id or a name, in any case. Without one, everything is found.
pub(super) struct Search {
    key: Option<String>,
    in_ids: bool,
    in_names: bool,
}

impl Search {
    /// With `searchIn`, it is looked for only in what that names.
    pub(super) fn read(query: &Query) -> Self {
        let fields = query.texts("searchIn");
        let looks_in =
            |names: &[&str]| fields.is_empty() || fields.iter().any(|field| names.contains(field));
        Self {
            key: query.text("searchKey").map(str::to_lowercase),
            in_ids: looks_in(&["uid", "guid"]),
            in_names: looks_in(&["name"]),
        }
    }

    /// Ids are in lower case already.
    pub(super) fn finds(&self, id: &str, name: &str) -> bool {
        self.key.as_ref().is_none_or(|key| {
            (self.in_ids && id.contains(key))
                || (self.in_names && name.to_lowercase().contains(key))
        })
    }
}

/// What `status` looks for: users who are online, or who are not. The SDK writes `available` for
/// online (seen).
pub(super) struct Availability<'a>(Option<&'a str>);

impl<'a> Availability<'a> {
    pub(super) fn read(query: &'a Query) -> Self {
        let status = query.text("status");
        Self(status.map(|status| if status == "available" { "online" } else { status }))
    }

    pub(super) fn finds(&self, user: &User) -> bool {
        self.0.is_none_or(|status| status == user.status())
    }
}
