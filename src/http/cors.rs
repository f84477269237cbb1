//! What lets a page in a browser use the vendor's surface, from wherever it comes:
//!
//! | request | answer |
//! | --- | --- |
//! | no `Origin` | as it is |
//! | `OPTIONS` with `Origin` and `Access-Control-Request-Method` | 204, for every path: what is wrong with it is said to the request itself |
//! | any other with `Origin` | as it is, and readable by the page |

use axum::{
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
        },
        request::Parts,
    },
    response::{IntoResponse, Response},
};

/// The SDKs send no cookies, and so need no origin of their own here (seen).
const ANYBODY: (HeaderName, HeaderValue) =
    (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
/// What a page may read beside the body.
const READABLE: (HeaderName, HeaderValue) =
    (ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-mock-request-id, x-mock-explain"));
const METHODS: (HeaderName, HeaderValue) =
    (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"));
/// What the SDKs send (seen), and what is ours. A `*` would leave out `Authorization`.
const HEADERS: (HeaderName, HeaderValue) = (
    ACCESS_CONTROL_ALLOW_HEADERS,
    HeaderValue::from_static(
        "appId, apiKey, authToken, callToken, resource, sdk, chatApiVersion, Accept, \
         Content-Type, Authorization, onBehalfOf, onbehalfofuser, settingsHash, \
         settingsHashReceivedAt, x-mock-error, x-mock-delay",
    ),
);
/// For how many seconds a browser need not ask again: two hours, the most that Chromium minds.
const FOR_NOW: (HeaderName, HeaderValue) =
    (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));

/// The answer to a browser that asks what a page may send. That is no request of the page, and has
/// nothing to do with what goes wrong here or is noted.
pub(super) fn preflight(request: &Parts) -> Option<Response> {
    let headers = &request.headers;
    let is_preflight = request.method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let answer = || (StatusCode::NO_CONTENT, [ANYBODY, METHODS, HEADERS, FOR_NOW]).into_response();
    is_preflight.then(answer)
}

/// Lets the page read an answer. What a fault has set on purpose stays.
pub(super) fn open(headers: &mut HeaderMap) {
    for (name, value) in [ANYBODY, READABLE] {
        headers.entry(name).or_insert(value);
    }
}
