//! `/__mock/errors`: the codes there are. That their scripts do what they are there for is seen
//! where there is a shell.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::StatusCode;
use mock_calls::{config::Config, domain::code::Code};
use reqwest::Method;
use serde_json::Value;

use crate::support::Mock;

async fn listed(mock: &Mock) -> Vec<Value> {
    let list = mock.bare(Method::GET, "/__mock/errors").send().await.json();
    list["errors"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_code_is_listed_the_documented_ones_first() {
    let listed = listed(&Mock::start().await).await;
    let codes: Vec<_> = listed.iter().map(|error| error["code"].as_str().unwrap()).collect();
    let expected: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes, expected);
    let documented = listed.iter().take_while(|error| error["documented"] == true).count();
    assert_eq!(documented, 19);
}

#[tokio::test]
async fn a_code_has_the_status_that_this_server_answers_it_with() {
    let statuses = vec![(Code::Terminated, StatusCode::GONE)];
    let listed = listed(&Mock::with(Config { statuses, ..Config::default() }).await).await;
    for (entry, code) in listed.iter().zip(Code::ALL) {
        let expected = if *code == Code::Terminated { 410 } else { code.default_status() };
        assert_eq!(
            (&entry["status"], &entry["defaultStatus"]),
            (&expected.into(), &code.default_status().into())
        );
    }
}

/// The labels that explanations are given in the source of the rules and of the surface.
fn labels(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            labels(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for call in [".by(", ".read_for("] {
            let arguments = text.split(call).skip(1).map(str::trim_start);
            let quoted = arguments.filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
            found.extend(quoted.map(str::to_owned));
        }
    }
}

#[tokio::test]
async fn no_rule_goes_unnamed() {
    let listed = listed(&Mock::start().await).await;
    let named: BTreeSet<_> = listed
        .iter()
        .flat_map(|entry| entry["rules"].as_array().unwrap())
        .map(|rule| rule.as_str().unwrap().to_owned())
        .collect();
    let mut raised = BTreeSet::new();
    for room in ["domain", "http"] {
        labels(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut raised);
    }
    assert!(raised.len() > 20, "{raised:?}");
    let unnamed: Vec<_> = raised.difference(&named).collect();
    assert!(unnamed.is_empty(), "in no code's rules: {unnamed:?}");
}
