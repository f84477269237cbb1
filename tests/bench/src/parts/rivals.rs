//! Beside other mock servers, each started as its own documentation says: the same request, and
//! the same answer as far as each can be told to give it. None of them was made to be fast, nor
//! was this one; but tests wait for them.

use std::{fs, path::Path, process::Command, thread::sleep, time::Duration};

use serde_json::{Value, json};

use super::Part;
use crate::{
    Outcome, Tools,
    calls::{self, Place, ask_for},
    figures::{Spread, Table, short},
    load::{Turn, WHOLE, turn},
    process::{SERVER_CORE, Server, Start, free_port},
    scripts::Again,
    tools::variable,
};

/// How many turns each has.
const ROUNDS: u32 = 5;
/// How much CPU time a turn takes, about.
const TURN: Duration = Duration::from_millis(600);
/// How much goes before: there are compilers that begin when something is asked often.
const WARM_UP: Duration = Duration::from_secs(4);
/// How often each is started, to see how long that takes.
const STARTS: u32 = 5;
/// How long one is left alone before it counts as idle.
const REST: Duration = Duration::from_secs(2);

pub(super) fn rivals(tools: &Tools) -> Outcome<Part> {
    let shown = Shown::new(tools)?;
    let mut us = Entry::new("mock-calls", || tools.ours(SERVER_CORE, &[]))?;
    let (id, _) = Place::of(&shown.app).live(us.server.address)?;
    let own = calls::show(&shown.app, &id);
    let mut them = Vec::new();
    for (name, command) in commands(tools, &shown)? {
        eprintln!("{name}: {}", command.join(" "));
        them.push(Entry::new(&name, || start(tools, &name, &command, &shown.request))?);
    }
    us.warm_up(&own)?;
    for rival in &mut them {
        rival.warm_up(&shown.request)?;
    }
    for _ in 0..ROUNDS {
        us.has_a_turn(&own)?;
        for rival in &mut them {
            rival.has_a_turn(&shown.request)?;
        }
    }

    let head = ["beside", "in the same time", "for the same CPU time", "time to start", "memory"];
    let mut table = Table::new(&head);
    for rival in &them {
        let pairs = || rival.turns.iter().zip(&us.turns);
        let faster =
            Spread::of(pairs().map(|(theirs, ours)| theirs.pace() / ours.pace()).collect());
        let cheaper = Spread::of(pairs().map(|(theirs, ours)| theirs.cpu() / ours.cpu()).collect());
        let (longer, larger) = (rival.start / us.start, rival.memory / us.memory);
        table.row(&[&rival.name, &faster, &cheaper, &share(longer), &share(larger)]);
    }
    Ok(Part::of(table))
}

/// What ours is of theirs.
fn share(times: f64) -> String {
    format!("1/{}", short(times))
}

/// A call that is over, and how it is asked for.
struct Shown {
    app: String,
    session: String,
    path: String,
    request: Vec<u8>,
    answer: String,
}

impl Shown {
    /// As the server shows it.
    fn new(tools: &Tools) -> Outcome<Self> {
        let server = tools.ours(SERVER_CORE, &[])?;
        let app = "bench".to_owned();
        let (session, _) = Place::of(&app).live(server.address)?;
        let request = calls::show(&app, &session);
        let answer = ask_for(server.address, &request)?.body;
        Ok(Self { path: format!("/v3/calls/{session}"), app, session, request, answer })
    }
}

/// A server, and what was found out about it.
struct Entry {
    name: String,
    server: Server,
    /// In seconds, the median.
    start: f64,
    /// In bytes.
    memory: f64,
    /// How many requests make a turn.
    requests: u32,
    turns: Vec<Turn>,
}

impl Entry {
    /// Starts a server, as often as it takes to know how long that takes. The last one stays.
    fn new(name: &str, start: impl Fn() -> Outcome<Server>) -> Outcome<Self> {
        let mut starts = Vec::new();
        for _ in 1..STARTS {
            starts.push(start()?.ready.as_secs_f64());
        }
        let server = start()?;
        starts.push(server.ready.as_secs_f64());
        sleep(REST);
        let memory = f64::from(u32::try_from(server.memory()? / 1024)?);
        eprintln!("  {name}: {} s to start, {} KiB", Spread::of(starts.clone()), short(memory));
        let start = Spread::of(starts).median;
        let name = name.to_owned();
        Ok(Self { name, server, start, memory, requests: 0, turns: Vec::new() })
    }

    fn warm_up(&mut self, request: &[u8]) -> Outcome {
        let mut script = Again::one(request.to_vec(), 200);
        let pilot = turn(&self.server, &mut script, 5 * WHOLE)?;
        let warm = turn(&self.server, &mut script, pilot.requests_for(WARM_UP))?;
        self.requests = warm.requests_for(TURN);
        Ok(())
    }

    fn has_a_turn(&mut self, request: &[u8]) -> Outcome {
        let mut script = Again::one(request.to_vec(), 200);
        let turn = turn(&self.server, &mut script, self.requests)?;
        turn.tell(&self.server);
        self.turns.push(turn);
        Ok(())
    }
}

fn start(tools: &Tools, name: &str, command: &[String], probe: &[u8]) -> Outcome<Server> {
    let port = free_port()?;
    let number = port.to_string();
    let command: Vec<_> = command.iter().map(|word| word.replace("PORT", &number)).collect();
    let command: Vec<_> = command.iter().map(String::as_str).collect();
    Start { name, dir: &tools.dir, cores: SERVER_CORE, port, command: &command, probe }.run()
}

/// How each is started, where `PORT` stands for the port; and the files that it reads.
fn commands(tools: &Tools, shown: &Shown) -> Outcome<Vec<(String, Vec<String>)>> {
    let put = |name: &str, what: &Value| {
        let file = tools.dir.join(name);
        fs::create_dir_all(file.parent().ok_or("a file without a directory")?)?;
        fs::write(&file, what.to_string())?;
        Outcome::Ok(file.display().to_string())
    };
    let modules = variable("BENCH_RIVALS")?;
    let module = |program: &str| format!("{modules}/.bin/{program}");
    let version = |module: &str| {
        let package = fs::read_to_string(format!("{modules}/{module}/package.json"))?;
        let package: Value = serde_json::from_str(&package)?;
        let version = package.get("version").and_then(Value::as_str).ok_or("no version")?;
        Outcome::Ok(version.to_owned())
    };
    let (node, java) = (version_of("node")?, version_of("java")?);
    let json = "application/json";

    let mut document: Value = serde_json::from_slice(&tools.openapi()?)?;
    let example = "/paths/~1v3~1calls~1{sessionId}/get/responses/200/content/application~1json";
    let example = document.pointer_mut(example).and_then(Value::as_object_mut);
    let example = example.ok_or("the document does not say how a call is shown")?;
    example.insert("example".to_owned(), serde_json::from_str(&shown.answer)?);
    let document = put("openapi.json", &document)?;

    let environment = put(
        "mockoon.json",
        &json!({ "name": "calls", "endpointPrefix": "", "routes": [{
            "type": "http", "method": "get", "endpoint": "v3/calls/:sessionId",
            "responses": [{
                "body": shown.answer, "statusCode": 200, "default": true,
                "headers": [{ "key": "Content-Type", "value": json }],
            }],
        }] }),
    )?;

    let mut call: Value = serde_json::from_str(&shown.answer)?;
    let call_fields = call.as_object_mut().ok_or("a call is no object")?;
    call_fields.insert("id".to_owned(), shown.session.clone().into());
    let database = put("json-server.json", &json!({ "calls": [call] }))?;
    let routes = put("routes.json", &json!({ "/v3/*": "/$1" }))?;

    put(
        "wiremock/mappings/show.json",
        &json!({
            "request": { "method": "GET", "urlPath": shown.path },
            "response": {
                "status": 200, "headers": { "Content-Type": json }, "body": shown.answer,
            },
        }),
    )?;
    let wiremock = tools.dir.join("wiremock").display().to_string();
    let jar = jar(&Path::new(&modules).join("wiremock/build"))?;

    // Whatever is JSON is YAML.
    put(
        "httpmock/show.yaml",
        &json!({
            "when": { "method": "GET", "path": shown.path },
            "then": {
                "status": 200, "header": [{ "name": "content-type", "value": json }],
                "body": shown.answer,
            },
        }),
    )?;
    let program = variable("BENCH_HTTPMOCK")?;
    let httpmock = tools.dir.join("httpmock").display().to_string();

    let words = |line: &[&str]| line.iter().map(|word| (*word).to_owned()).collect();
    Ok(vec![
        (
            format!("Prism {}, Node {node}", version("@stoplight/prism-cli")?),
            words(&[
                "node",
                &module("prism"),
                "mock",
                "--port",
                "PORT",
                "--verboseLevel",
                "error",
                &document,
            ]),
        ),
        (
            format!("Mockoon {}, Node {node}", version("@mockoon/cli")?),
            words(&[
                "node",
                &module("mockoon-cli"),
                "start",
                "--data",
                &environment,
                "--repair",
                "--port",
                "PORT",
                "--hostname",
                "127.0.0.1",
                "--disable-log-to-file",
            ]),
        ),
        (
            format!("json-server {}, Node {node}", version("json-server")?),
            words(&[
                "node",
                &module("json-server"),
                "--quiet",
                "--host",
                "127.0.0.1",
                "--port",
                "PORT",
                "--routes",
                &routes,
                &database,
            ]),
        ),
        (
            format!("WireMock {}, Java {java}", version("wiremock")?),
            words(&[
                "java",
                "-jar",
                &jar,
                "--bind-address",
                "127.0.0.1",
                "--port",
                "PORT",
                "--root-dir",
                &wiremock,
                "--disable-banner",
            ]),
        ),
        (
            format!("httpmock {}", variable("BENCH_HTTPMOCK_VERSION")?),
            words(&[
                &program,
                "--port",
                "PORT",
                "--mock-files-dir",
                &httpmock,
                "--disable-access-log",
            ]),
        ),
    ])
}

/// The version of a program that runs others.
fn version_of(program: &str) -> Outcome<String> {
    let said = String::from_utf8(Command::new(program).arg("--version").output()?.stdout)?;
    let version =
        version_in(&said).ok_or_else(|| format!("{program} does not tell its version"))?;
    Ok(version.to_owned())
}

fn version_in(said: &str) -> Option<&str> {
    let mut words = said.split_whitespace().map(|word| word.trim_start_matches('v'));
    words.find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// The one in the directory.
fn jar(dir: &Path) -> Outcome<String> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "jar") {
            return Ok(path.display().to_string());
        }
    }
    Err(format!("there is no jar in {}", dir.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_in_what_node_and_java_say() {
        assert_eq!(version_in("v20.20.2\n"), Some("20.20.2"));
        let java = "openjdk 17.0.15 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6)\n";
        assert_eq!(version_in(java), Some("17.0.15"));
        assert_eq!(version_in("no version"), None);
    }
}
