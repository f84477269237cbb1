//! The container, as far as it can be looked at without an engine: the examples are for the image
//! that the Dockerfile makes. `.ci/image` builds and runs that.

use std::{collections::BTreeSet, fs, path::Path};

use mock_calls::config::{Config, DEFAULT_API_KEY, DEFAULT_PORT};

use crate::{readme::shell::Shell, run::Server};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// What stands behind an instruction of the last stage, which has it once.
fn instruction(dockerfile: &str, name: &str) -> String {
    let stage = dockerfile.rsplit("\nFROM ").next().unwrap();
    let mut found = stage.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let first = found.next().unwrap_or_else(|| panic!("no {name} in {stage}"));
    assert_eq!(found.next(), None, "{name}");
    first.to_owned()
}

#[test]
fn the_image_is_the_binary_for_its_default_port_and_nobody_in_particular() {
    let file = read("Dockerfile");
    assert!(file.contains(" AS build\n") && file.contains("\nFROM scratch\n"), "{file}");
    assert_eq!(instruction(&file, "COPY"), "--from=build /out/mock-calls /mock-calls");
    assert_eq!(instruction(&file, "EXPOSE"), DEFAULT_PORT.to_string());
    assert_eq!(instruction(&file, "ENTRYPOINT"), r#"["/mock-calls"]"#);
    assert!(instruction(&file, "HEALTHCHECK").ends_with(r#" CMD ["/mock-calls", "health"]"#));
    let user = instruction(&file, "USER");
    let (user, group) = user.split_once(':').unwrap();
    assert!(user.parse::<u32>().unwrap() > 0 && group.parse::<u32>().unwrap() > 0);
    assert_eq!(instruction(&file, "ENV"), "MOCK_CALLS_HOST=0.0.0.0");
    assert_eq!(Config::default().port, DEFAULT_PORT);
}

/// The numbers of four and five digits that stand alone, and so must be ports.
fn ports(text: &str) -> BTreeSet<u16> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.len() >= 4).filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn the_examples_are_for_that_image_its_port_and_its_key() {
    let examples = [
        ("docker/compose.yaml", "image: mock-calls\n", "condition: service_healthy"),
        ("docker/github-actions.yml", "image: mock-calls\n", "services:"),
        ("docker/gitlab-ci.yml", "name: mock-calls\n", "services:"),
        ("docker/testcontainers/CallsTest.java", "GenericContainer<>(\"mock-calls\")", "/healthz"),
        ("docker/testcontainers/calls.test.mjs", "GenericContainer(\"mock-calls\")", "/healthz"),
        ("docker/testcontainers/test_calls.py", "DockerContainer(\"mock-calls\")", "/healthz"),
        ("docker/testcontainers/calls_test.go", "Run(ctx, \"mock-calls\",", "/healthz"),
    ];
    for (file, image, waits) in examples {
        let text = read(file);
        assert!(text.contains(image) && text.contains(waits), "{file}");
        assert_eq!(ports(&text), BTreeSet::from([DEFAULT_PORT]), "{file}");
        let has_key = text.contains("apikey");
        assert_eq!(has_key, text.contains(DEFAULT_API_KEY), "{file}");
    }
    let listed = |dir: &str| fs::read_dir(root().join(dir)).unwrap().count();
    // The directory of the four is the one that is not an example.
    assert_eq!(listed("docker") - 1 + listed("docker/testcontainers"), examples.len());
}

#[test]
fn the_request_of_the_compose_file_is_answered() {
    let server = Server::start(&[]);
    let text = read("docker/compose.yaml");
    let command = text.split_once("- >-\n").unwrap().1;
    let command = command.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let answer = Shell::default().run(&command.replace("$$CALLS_URL", &server.url));
    assert!(answer.contains(r#""status":"initiated""#), "{answer}");
}
