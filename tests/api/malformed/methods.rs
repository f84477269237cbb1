//! Every method that a path does not have, and some that no path has.

use mock_calls::http::routes;
use reqwest::Method;

use super::{
    raw,
    raw::Then::Waits,
    row::{
        Expected::{self, Bodiless, NoHttp, Refused},
        Row, run,
    },
};

const NO_ROUTE: Expected = Refused(404, "ERR_API_NOT_FOUND");
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

#[tokio::test]
async fn methods_that_a_path_does_not_have() {
    run(every_path()).await;
}

#[tokio::test]
async fn methods_that_no_path_has() {
    run(rows()).await;
}

fn every_path() -> Vec<Row> {
    let mut paths: Vec<&str> = routes().iter().map(|route| route.path).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut rows = Vec::new();
    for path in paths {
        let here = |method: &str| {
            routes().iter().any(|route| route.path == path && route.method.as_str() == method)
        };
        let named = ["{uid}", "{guid}", "{sessionId}", "{authToken}"];
        let filled = named.iter().fold(path.to_owned(), |path, name| path.replace(name, "x"));
        for method in METHODS.into_iter().filter(|method| !here(method)) {
            for prefix in ["", "/v3", "/v3.0"] {
                let route = format!("{method} {prefix}{filled}");
                rows.push(Row::new(route.clone(), &route, NO_ROUTE));
            }
        }
        // A client may look at the headers of whatever can be read.
        if !here(Method::GET.as_str()) {
            let route = format!("HEAD {filled}");
            rows.push(Row::new(route.clone(), &route, Bodiless(404)));
        }
    }
    rows
}

pub fn rows() -> Vec<Row> {
    #[rustfmt::skip]
    let lines = [
        ("PROPFIND /calls",       NO_ROUTE),
        ("SEARCH /calls",         NO_ROUTE),
        ("QUERY /v3/calls",       NO_ROUTE),
        ("TRACE /calls",          NO_ROUTE),
        ("LINK /users/x",         NO_ROUTE),
        ("PURGE /",               NO_ROUTE),
        ("BREW /calls",           NO_ROUTE),
        ("get /calls",            NO_ROUTE),
        ("Get /v3/calls",         NO_ROUTE),
        ("post /calls",           NO_ROUTE),
        ("GETT /calls",           NO_ROUTE),
        ("G /calls",              NO_ROUTE),
        ("M-SEARCH /calls",       NO_ROUTE),
        ("!#$%&'*+-.^_`|~ /calls", NO_ROUTE),
        ("CONNECT 127.0.0.1:80",  NO_ROUTE),
        ("GE(T /calls",           NoHttp),
        ("\"GET\" /calls",        NoHttp),
        ("GÉT /calls",            NoHttp),
    ];
    let line = |(line, expected): (&str, Expected)| {
        let bytes = raw::request(&format!("{line} HTTP/1.1"), &[], b"");
        Row::bytes(line, bytes, Waits, expected)
    };
    let long = raw::request(&format!("{} /calls HTTP/1.1", "A".repeat(10_000)), &[], b"");
    let long = Row::bytes("a method of 10 000 letters", long, Waits, NO_ROUTE);
    // A raw reader would wait for the body that an answer to HEAD announces and does not have.
    let heads = [
        ("HEAD /nowhere", Bodiless(404)),
        ("HEAD /calls/none", Bodiless(404)),
        ("HEAD /calls?page=x", Bodiless(400)),
        ("HEAD /calls/%zz", Bodiless(400)),
        ("HEAD /users", Bodiless(200)),
    ];
    let heads = heads.into_iter().map(|(route, expected)| Row::new(route, route, expected));
    lines.into_iter().map(line).chain([long]).chain(heads).collect()
}
