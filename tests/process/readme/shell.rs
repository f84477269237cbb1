//! Runs the commands that the README shows and those of `GET /__mock/errors`, on machines that have
//! no curl too. It knows just the words that stand there; any other is a failure, so that no
//! command goes untested.

use std::{collections::HashMap, iter, path::Path};

use crate::run::binary;

/// What a line of shell can refer to.
#[derive(Default)]
pub(crate) struct Shell {
    variables: HashMap<String, String>,
    /// Stands for the address the README shows.
    server: Option<String>,
}

/// The address that the README's commands are for.
pub(crate) const SHOWN: &str = "localhost:2255";

impl Shell {
    /// A shell in which the address that the README shows is this server's.
    pub(crate) fn with_server(url: &str) -> Self {
        Self { server: Some(url.to_owned()), ..Self::default() }
    }

    /// Runs a block of commands, and returns what they print.
    pub(crate) fn run(&mut self, block: &str) -> String {
        let mut printed = String::new();
        for line in block.replace("\\\n", " ").lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match assignment(line) {
                Some((name, value)) => {
                    let value = match value.strip_prefix("$(").and_then(|v| v.strip_suffix(')')) {
                        Some(pipeline) => self.pipeline(pipeline).trim_end().to_owned(),
                        None => self.words(value).concat(),
                    };
                    assert!(!value.is_empty(), "nothing for {name} in: {line}");
                    self.variables.insert(name.to_owned(), value);
                }
                None => printed += &self.pipeline(line),
            }
        }
        printed
    }

    fn pipeline(&self, line: &str) -> String {
        let mut text = String::new();
        for command in split_outside_quotes(line, '|') {
            let words = self.words(command);
            let arguments: Vec<_> = words.iter().skip(1).map(String::as_str).collect();
            text = match (words[0].as_str(), arguments.as_slice()) {
                ("curl", arguments) => self.curl(arguments, text),
                ("mock-calls", arguments) => ourselves(arguments),
                ("grep", ["-o", pattern]) => grep_only(pattern, &text),
                ("head", ["-c", bytes, "/dev/zero"]) => "\0".repeat(bytes.parse().unwrap()),
                ("tr", ["\\0", other]) => text.replace('\0', other),
                ("head", ["-n", "1"]) => text.lines().next().unwrap_or_default().to_owned() + "\n",
                ("echo", words) => words.join(" ") + "\n",
                other => panic!("the README uses {other:?}, which its test does not know"),
            };
        }
        text
    }

    /// A request, with the input as its body where it is asked for.
    fn curl(&self, arguments: &[&str], input: String) -> String {
        let (mut url, mut method, mut data, mut headers) = (None, None, None, Vec::new());
        let (mut show_head, mut show_nothing, mut must_succeed) = (false, false, false);
        let mut input = Some(input);
        let mut rest = arguments.iter().copied();
        while let Some(argument) = rest.next() {
            match argument {
                "-s" => {}
                "-i" => show_head = true,
                "-f" => must_succeed = true,
                "-X" => method = rest.next(),
                "-H" => headers.push(rest.next().unwrap().split_once(": ").unwrap()),
                "-d" => data = rest.next().map(str::to_owned),
                "-o" => show_nothing = rest.next().unwrap() == "/dev/null",
                "--data-binary" => data = input.take().filter(|_| rest.next() == Some("@-")),
                other if !other.starts_with('-') => url = Some(other.to_owned()),
                other => panic!("the README uses curl {other}, which its test does not know"),
            }
        }
        let mut url = url.unwrap();
        if let Some(server) = &self.server {
            let reachable = server.strip_prefix("http://").unwrap();
            assert!(url.starts_with(SHOWN), "{url} is not on {SHOWN}");
            url = url.replacen(SHOWN, reachable, 1);
            // Where a webhook is to be told.
            data = data.map(|data| data.replace(SHOWN, reachable));
        }
        if !url.contains("://") {
            url = format!("http://{url}");
        }
        let method = method.unwrap_or(if data.is_some() { "POST" } else { "GET" });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut request = reqwest::Client::new().request(method.parse().unwrap(), url);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            if let Some(data) = data {
                request = request.body(data);
            }
            let response = request.send().await.unwrap();
            assert!(!must_succeed || response.status().is_success(), "{response:?}");
            if show_nothing {
                return String::new();
            }
            let mut text = String::new();
            if show_head {
                text += &format!("{:?} {}\n", response.version(), response.status());
                for (name, value) in response.headers() {
                    text += &format!("{name}: {}\n", value.to_str().unwrap());
                }
                text += "\n";
            }
            text + &response.text().await.unwrap() + "\n"
        })
    }

    /// Splits into words, and fills in variables outside single quotes.
    fn words(&self, text: &str) -> Vec<String> {
        let mut words = vec![];
        let mut word: Option<String> = None;
        let mut quote = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, quote) {
                ('\'' | '"', None) => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (c, Some(open)) if c == open => quote = None,
                ('$', None | Some('"')) => {
                    let mut name = String::new();
                    while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                        name.push(c);
                    }
                    let value = self.variables.get(&name);
                    let value = value.unwrap_or_else(|| panic!("${name} is not set"));
                    word.get_or_insert_default().push_str(value);
                }
                (c, None) if c.is_whitespace() => words.extend(word.take()),
                (c, _) => word.get_or_insert_default().push(c),
            }
        }
        assert_eq!(quote, None, "an open quote in: {text}");
        words.extend(word);
        words
    }
}

/// The binary, which finds itself by its name.
fn ourselves(arguments: &[&str]) -> String {
    let binary_dir = Path::new(env!("CARGO_BIN_EXE_mock-calls")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = iter::once(binary_dir.to_owned()).chain(std::env::split_paths(&path));
    let mut command = binary();
    let output = command.env("PATH", std::env::join_paths(path).unwrap()).args(arguments).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    is_name.then_some((name, value))
}

fn split_outside_quotes(line: &str, at: char) -> Vec<&str> {
    let (mut parts, mut from, mut quote) = (Vec::new(), 0, None);
    for (index, c) in line.char_indices() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (c, None) if c == at => {
                parts.push(&line[from..index]);
                from = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&line[from..]);
    parts
}

/// `grep -o` for patterns of the form `literal[^"]*`.
fn grep_only(pattern: &str, text: &str) -> String {
    let literal = pattern.strip_suffix("[^\"]*").unwrap_or_else(|| panic!("grep {pattern}"));
    let literal = literal.replace("\\.", ".");
    let matches = text.match_indices(&literal).map(|(at, _)| text[at..].split('"').next().unwrap());
    matches.map(|found| format!("{found}\n")).collect()
}

#[test]
fn the_shell_understands_quotes_variables_and_pipes() {
    let mut shell = Shell::default();
    shell.run("NAME='a b'");
    assert_eq!(shell.words("x \"$NAME c\" '$NAME' \\"), ["x", "a b c", "$NAME", "\\"]);
    assert_eq!(split_outside_quotes("a '|' | b", '|'), ["a '|' ", " b"]);
    assert_eq!(grep_only("v1\\.us\\.[^\"]*", r#"{"a":"v1.us.x"}"#), "v1.us.x\n");
    assert_eq!(shell.run("# nothing\necho $NAME \\\n  c"), "a b c\n");
}
