//! Requests that no proper client sends: each gets an answer that says what is wrong with it,
//! changes nothing, and leaves the server as able as before.

mod bodies;
mod content;
mod fields;
mod headers;
mod methods;
mod paths;
mod protocol;
mod queries;
mod raw;
mod row;

/// The least number of requests here that have to be refused in the envelope.
const LEAST: usize = 170;

#[test]
fn there_are_enough_rows() {
    let written = [
        ("bodies", bodies::rows()),
        ("content", content::rows()),
        ("sizes", content::sizes()),
        ("calls", fields::calls::rows()),
        ("joinedAt", fields::calls::joined_at("a")),
        ("users", fields::users::rows()),
        ("tokens and blocks", fields::users::accounts()),
        ("groups", fields::groups::rows()),
        ("members", fields::groups::members()),
        ("passwords", fields::groups::passwords("a")),
        ("queries", queries::rows()),
        ("paths", paths::rows()),
        ("methods", methods::rows()),
        ("credentials", headers::credentials()),
        ("headers", headers::rows()),
        ("protocol", protocol::rows()),
    ];
    let refused = written.iter().flat_map(|(_, rows)| rows).filter(|row| row.is_refused()).count();
    assert!(refused >= LEAST, "{refused} rows, and {LEAST} are needed");
    for (table, rows) in written {
        assert!(!rows.is_empty(), "{table} is empty");
        let mut names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None, "{table} has a name twice");
    }
}
