//! `/__mock/errors`: the codes there are.

use mock_calls::domain::code::Code;
use reqwest::Method;

use crate::support::Mock;

#[tokio::test]
async fn every_code_is_listed_the_documented_ones_first() {
    let mock = Mock::start().await;
    let listed = mock.bare(Method::GET, "/__mock/errors").send().await.json();
    let listed = listed["errors"].as_array().unwrap();
    let codes: Vec<_> = listed.iter().map(|error| error["code"].as_str().unwrap()).collect();
    let expected: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes, expected);
    let documented = listed.iter().take_while(|error| error["documented"] == true).count();
    assert_eq!(documented, 19);
}
