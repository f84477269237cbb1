//! What stands in the path and in the query.

use std::borrow::Cow;

use axum::http::Uri;
use percent_encoding::percent_decode_str;

use crate::{
    domain::{
        error::{Details, Error, Ruling},
        people::User,
        query::{MOST_PER_PAGE, PageRequest},
    },
    runtime::glob::unprefixed,
};

/// The parameters of the path, decoded: what stands where the route has braces. What is not there
/// is empty, as where `/calls/` stands for a call without a name.
pub(super) fn named<'a, const N: usize>(route: &str, path: &'a str) -> [Cow<'a, str>; N] {
    let (mut route, mut path) = (route, unprefixed(path));
    std::array::from_fn(|_| {
        let Some((before, name)) = route.split_once('{') else {
            return Cow::default();
        };
        // What is before a parameter is the same in both.
        let value = path.get(before.len()..).unwrap_or_default();
        let end = value.find('/').unwrap_or(value.len());
        let (value, rest) = value.split_at_checked(end).unwrap_or_default();
        (route, path) = (name.split_once('}').map_or("", |(_, rest)| rest), rest);
        if !value.contains('%') {
            return value.into();
        }
        // That it can be decoded was seen before.
        percent_decode_str(value).decode_utf8_lossy()
    })
}

/// The query. A parameter that is given twice counts the last time; an empty one not at all.
pub(super) struct Query {
    given: Vec<(String, String)>,
    wrong: Details,
}

impl Query {
    /// Reads it.
    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let given = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { given, wrong: Details::default() }
    }

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
