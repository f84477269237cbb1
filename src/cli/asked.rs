//! Reads the command line and the environment.

use std::ffi::{OsStr, OsString};

use clap::{
    Arg, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable,
};
use clap_complete::Shell;
use mock_calls::config::Config;

const NAME: &str = "mock-calls";
const ABOUT: &str = "A local stand-in for the CometChat Calls REST API";

const LONG_ABOUT: &str = "\
A local stand-in for the CometChat Calls REST API: the same paths, headers, call rules and error \
JSON, in memory, on one port.

Without a command it serves. Every flag can also be set by the environment variable shown with it. \
An appId header that was not seen before opens a fresh app of its own, with users cometchat-uid-1 \
to -5.";

const EXAMPLES: &str = "\
Examples:
  mock-calls                                      serve on http://127.0.0.1:2255
  mock-calls --port 0 --port-file port.txt        any free port, written to a file
  mock-calls --ring-timeout 2s                    calls are unanswered after two seconds
  mock-calls --status ERR_CALL_BUSY_USER=409      answer a code with another status
  mock-calls --host 0.0.0.0 --log-format json     in a container
  mock-calls exec -- npm test                     a server for as long as the tests run

Stop it with Ctrl-C or SIGTERM: requests under way have 5 seconds to finish.";

const EXEC: &str = "\
Run a command with a server of its own, and exit as the command does.

The server takes any free port, unless --port names one, and is ready before the command starts. \
The command finds it in its environment:

  MOCK_CALLS_URL          where the server is, such as http://127.0.0.1:40123
  MOCK_CALLS_PORT         its port
  MOCK_CALLS_API_KEY      the REST API key, scope fullAccess
  MOCK_CALLS_AUTH_KEY     the auth key, scope authOnly
  MOCK_CALLS_CONTROL_URL  where /__mock is, with --control-port only

Standard input and output are the command's. Warnings and errors of the server go to standard \
error; -v adds every request, -q leaves out the warnings.

SIGTERM, SIGHUP, SIGINT and SIGQUIT that somebody sends to this process are passed on to the \
command; when it ends, the server does. What a terminal sends on Ctrl-C reaches the command \
without help, and is not sent to it a second time.";

const EXEC_END: &str = "\
Exit status: the command's; 128 and the number of the signal that killed it; 127 when there is no \
such command, 126 when it cannot be run, 125 when the server cannot start.

Examples:
  mock-calls exec -- npm test
  mock-calls exec --seed world.json --ring-timeout 2s -- pytest -q
  mock-calls exec -- sh -c 'curl -s $MOCK_CALLS_URL/v3/calls -H \"apikey: $MOCK_CALLS_API_KEY\"'";

const HEALTH: &str = "\
Ask a server whether it is healthy.

Prints one line, and exits with 0 when GET /healthz is answered as it should be within 2 seconds, \
else with 1. Made for the health check of a container that has no shell and no curl. Without --url \
it asks the one on this machine, with the host and the port that MOCK_CALLS_HOST and \
MOCK_CALLS_PORT give a server.";

const HEALTH_END: &str = "\
Examples:
  mock-calls health
  mock-calls health --url http://calls:2255";

const ERRORS: &str = "\
Print every error code as JSON, as GET /__mock/errors answers it: meaning, HTTP status, the rules \
that raise it, and a script of curl that ends with it. No server is started.

Flags and variables of the server are heeded; those that make a difference are listed here.";

const OPENAPI: &str = "\
Print the OpenAPI 3.1 document of everything that is served, as GET /__mock/openapi.json answers \
it. No server is started.

Flags and variables of the server are heeded; those that make a difference are listed here.";

const COMPLETIONS: &str = "\
Print a script that has a shell complete commands and flags.

Examples:
  bash  mock-calls completions bash > ~/.local/share/bash-completion/completions/mock-calls
  zsh   mock-calls completions zsh > \"${fpath[1]}/_mock-calls\"
  fish  mock-calls completions fish > ~/.config/fish/completions/mock-calls.fish";

/// What changes the list of codes.
const CHANGES_ERRORS: [&str; 12] = [
    "host",
    "port",
    "app-id",
    "region",
    "api-key",
    "auth-key",
    "management-key",
    "management-secret",
    "status",
    "strict-apps",
    "control-token",
    "control-port",
];
/// What changes the document.
const CHANGES_OPENAPI: [&str; 1] = ["status"];

/// The whole command line.
#[derive(Parser)]
#[command(name = NAME, version, about = ABOUT, long_about = LONG_ABOUT, after_help = EXAMPLES,
          args_conflicts_with_subcommands = true, max_term_width = 80)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) config: Config,
    #[command(subcommand)]
    pub(super) asked: Option<Asked>,
}

/// What is to be done instead of serving.
#[derive(Subcommand)]
pub(super) enum Asked {
    /// Run a command with a server of its own, and exit as the command does
    #[command(long_about = EXEC, after_help = EXEC_END,
              override_usage = "mock-calls exec [OPTIONS] -- <COMMAND> [ARGS]...")]
    Exec(Exec),
    /// Ask a server whether it is healthy
    #[command(long_about = HEALTH, after_help = HEALTH_END)]
    Health(Health),
    /// Print every error code, as GET /__mock/errors does
    #[command(long_about = ERRORS, mut_args(|arg| hidden_unless(arg, &CHANGES_ERRORS)))]
    Errors(Described),
    /// Print the OpenAPI document, as GET /__mock/openapi.json does
    #[command(long_about = OPENAPI, mut_args(|arg| hidden_unless(arg, &CHANGES_OPENAPI)))]
    Openapi(Described),
    /// Print a script that has a shell complete commands and flags
    #[command(long_about = COMPLETIONS)]
    Completions {
        /// Whose script
        shell: Shell,
    },
}

/// `exec`
#[derive(Args)]
// The variable is what the command is told, also where the command is this one again.
#[command(mut_arg("port", |arg| arg.env(Resettable::Reset).default_value("0")))]
pub(super) struct Exec {
    /// The command, and what it is given
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
    #[command(flatten, next_help_heading = "Options of the server")]
    pub(super) config: Config,
}

/// `health`
#[derive(Args)]
pub(super) struct Health {
    /// Where the server is, such as http://127.0.0.1:2255
    #[arg(long, env = "MOCK_CALLS_URL")]
    pub(super) url: Option<String>,
}

/// `errors` and `openapi`
#[derive(Args)]
pub(super) struct Described {
    #[command(flatten)]
    pub(super) config: Config,
}

/// Reads the command line and the environment; ends the process with help or an error where that
/// is the answer. A variable that is set to nothing counts as not set.
pub(super) fn read() -> Cli {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let matches = prepared(Cli::command(), &is_empty).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The script for a shell.
pub(super) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

fn prepared(command: Command, is_empty: &impl Fn(&OsStr) -> bool) -> Command {
    let command = command.mut_args(|arg| {
        // Some of the values are keys.
        let arg = arg.hide_env_values(true);
        match arg.get_env() {
            // A name that no variable has, which the help can show all the same.
            Some(name) if is_empty(name) => {
                let name = format!("{} (empty)", name.to_string_lossy());
                arg.env(name)
            }
            _ => arg,
        }
    });
    command.mut_subcommands(|command| prepared(command, is_empty))
}

fn hidden_unless(arg: Arg, shown: &[&str]) -> Arg {
    let is_shown = arg.get_long().is_some_and(|name| shown.contains(&name));
    arg.hide(!is_shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Cli, String> {
        let all = std::iter::once(NAME).chain(args.iter().copied());
        Cli::try_parse_from(all).map_err(|error| error.to_string())
    }

    fn exec(args: &[&str]) -> Exec {
        match parse(&[&["exec"], args].concat()).unwrap().asked {
            Some(Asked::Exec(exec)) => exec,
            _ => panic!("{args:?} is no exec"),
        }
    }

    #[test]
    fn the_command_line_makes_sense_to_clap() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_command_takes_its_own_flags_and_those_before_it_are_the_servers() {
        for dashes in [&["--"][..], &[]] {
            let asked =
                exec(&[&["--region", "eu"], dashes, &["npm", "test", "--port", "7"]].concat());
            assert_eq!((asked.config.region.as_str(), asked.config.port), ("eu", 0));
            assert_eq!(asked.command, ["npm", "test", "--port", "7"]);
        }
        assert_eq!(exec(&["--port", "7", "--", "x"]).config.port, 7);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (args, expected) in [
            (&["exec"][..], "<COMMAND>..."),
            (&["exec", "--sede", "x", "--", "y"], "'--seed'"),
            (&["--seed", "x", "exec", "--", "y"], "cannot be used with '--seed"),
            (&["serve"], "unrecognized subcommand"),
            (&["completions", "cmd"], "bash"),
        ] {
            let error = parse(args).err().unwrap();
            assert!(error.contains(expected), "{args:?} said: {error}");
        }
    }

    #[test]
    fn what_makes_a_difference_is_in_the_help_and_nothing_else() {
        for (name, shown) in [("errors", &CHANGES_ERRORS[..]), ("openapi", &CHANGES_OPENAPI)] {
            let mut command = Cli::command();
            let command = command.find_subcommand_mut(name).unwrap();
            let listed: Vec<_> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
            let listed: Vec<_> = listed.iter().filter_map(|arg| arg.get_long()).collect();
            assert_eq!(listed, shown);
        }
    }
}
