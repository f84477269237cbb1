//! Every flag, its environment variable, its default and its one line of help.

mod secret;
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "most are read by flags alone"))]
mod values;

use std::{net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::http::{HeaderValue, StatusCode};
use bytesize::ByteSize;
#[cfg(feature = "cli")]
use clap::{ArgAction, Args, ValueEnum, builder::BoolishValueParser};
pub use secret::Secret;
#[cfg(feature = "tls")]
pub(crate) use values::tls_name;
pub(crate) use values::{app_id, key, region, status, webhook};
#[cfg(feature = "cli")]
use values::{count, duration, host, max_apps, origin, port, seed_rng, size, verbosity};

use crate::{
    domain::{code::Code, ids::AppId, seed},
    runtime::clock::Clock,
};

/// The port unless chosen otherwise.
pub const DEFAULT_PORT: u16 = 2255;
/// The app that requests are for when they name none.
pub const DEFAULT_APP: &str = "mock-app";
/// The REST API key of every app.
pub const DEFAULT_API_KEY: &str = seed::API_KEY;
/// The auth key of every app.
pub const DEFAULT_AUTH_KEY: &str = seed::AUTH_KEY;

/// One table for the configuration and its flags: the flags are read with clap where there is the
/// feature `cli`, and whoever embeds the server does without clap.
macro_rules! flags {
    (
        $(#[doc = $about:tt])* pub struct $config:ident {$(
            $(#[doc = $doc:tt])* $(#[cfg($($cfg:tt)*)])? #[arg($($arg:tt)*)] pub $field:ident: $of:ty,
        )+}
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        #[cfg_attr(feature = "cli", derive(Args))]
        pub struct $config {$(
            $(#[doc = $doc])* $(#[cfg($($cfg)*)])?
            #[cfg_attr(feature = "cli", arg($($arg)*))]
            pub $field: $of,
        )+}
    };
}

flags! {
/// How to serve.
pub struct Config {
    /// Address to listen on
    #[arg(long, env = "MOCK_CALLS_HOST", default_value = "127.0.0.1", value_parser = host)]
    pub host: IpAddr,

    /// Port to listen on; 0 takes any free one
    #[arg(long, env = "MOCK_CALLS_PORT", default_value_t = DEFAULT_PORT, value_parser = port)]
    pub port: u16,

    /// Write the port to this file once requests are served; removed on shutdown
    #[arg(long, env = "MOCK_CALLS_PORT_FILE", value_name = "FILE")]
    pub port_file: Option<PathBuf>,

    /// App that requests are for when they name none
    #[arg(long, env = "MOCK_CALLS_APP_ID", default_value = DEFAULT_APP, value_parser = app_id)]
    pub app_id: AppId,

    /// Region in session ids
    #[arg(long, env = "MOCK_CALLS_REGION", default_value = "us", value_parser = region)]
    pub region: String,

    /// REST API key of every app, scope fullAccess
    #[arg(long, env = "MOCK_CALLS_API_KEY", value_name = "KEY",
          default_value = DEFAULT_API_KEY, value_parser = key)]
    pub api_key: Secret,

    /// Auth key of every app, scope authOnly: may create users and auth tokens
    #[arg(long, env = "MOCK_CALLS_AUTH_KEY", value_name = "KEY",
          default_value = DEFAULT_AUTH_KEY, value_parser = key)]
    pub auth_key: Secret,

    /// Key of the management API, where webhooks are registered
    #[arg(long, env = "MOCK_CALLS_MANAGEMENT_KEY", value_name = "KEY",
          default_value = seed::MANAGEMENT_KEY, value_parser = key)]
    pub management_key: Secret,

    /// Its secret
    #[arg(long, env = "MOCK_CALLS_MANAGEMENT_SECRET", value_name = "SECRET",
          default_value = seed::MANAGEMENT_SECRET, value_parser = key)]
    pub management_secret: Secret,

    /// Tell every call trigger of every app to this URL; repeatable
    #[arg(long = "webhook", env = "MOCK_CALLS_WEBHOOK", value_name = "URL",
          value_delimiter = ',', value_parser = webhook)]
    pub webhooks: Vec<Arc<str>>,

    /// Trust the CAs in this PEM file, beside the public ones, where webhooks are https
    #[cfg(feature = "tls")]
    #[arg(long, env = "MOCK_CALLS_WEBHOOK_CA", value_name = "FILE")]
    pub webhook_ca: Option<PathBuf>,

    /// Who joins a call's room: who answers (auto), or only who is said to (manual)
    #[arg(long, env = "MOCK_CALLS_MEDIA", default_value = "auto", value_name = "MODE")]
    pub media: Media,

    /// How long a call rings before it is unanswered: 45, 45s, 500ms, 2m; 0 for ever
    #[arg(long, env = "MOCK_CALLS_RING_TIMEOUT", value_name = "DURATION",
          default_value = "45s", value_parser = duration)]
    pub ring_timeout: Duration,

    /// Answer an error code with another HTTP status; repeatable
    #[arg(long = "status", env = "MOCK_CALLS_STATUS", value_name = "CODE=HTTP",
          value_delimiter = ',', value_parser = status)]
    pub statuses: Vec<(Code, StatusCode)>,

    /// JSON to add to every app from the start, as POST /__mock/seed takes it
    #[arg(long = "seed", env = "MOCK_CALLS_SEED", value_name = "FILE")]
    pub seed_file: Option<PathBuf>,

    /// Refuse app ids that are not known yet instead of opening an app for each
    #[arg(long, env = "MOCK_CALLS_STRICT_APPS", value_parser = BoolishValueParser::new())]
    pub strict_apps: bool,

    /// How many apps there can be; past it 503, never an eviction
    #[arg(long, env = "MOCK_CALLS_MAX_APPS", default_value_t = 10_000, value_name = "N",
          value_parser = max_apps)]
    pub max_apps: usize,

    /// How many requests each app's journal keeps; 0 for none
    #[arg(long, env = "MOCK_CALLS_JOURNAL", default_value_t = 10_000,
          value_name = "N", value_parser = count)]
    pub journal: usize,

    /// How much all journals take together: 32MiB, 10MB; past it the oldest go
    #[arg(long, env = "MOCK_CALLS_JOURNAL_MEMORY", value_name = "SIZE",
          default_value = "32MiB", value_parser = size)]
    pub journal_memory: ByteSize,

    /// Fix every generated id and everything left to chance
    #[arg(long, env = "MOCK_CALLS_SEED_RNG", value_name = "N", value_parser = seed_rng)]
    pub seed_rng: Option<u64>,

    /// Require this as a bearer token on /__mock, but for its health
    #[arg(long, env = "MOCK_CALLS_CONTROL_TOKEN", value_name = "TOKEN", value_parser = key)]
    pub control_token: Option<Secret>,

    /// Serve /__mock on a port of its own; 0 takes any free one
    #[arg(long, env = "MOCK_CALLS_CONTROL_PORT", value_name = "PORT", value_parser = port)]
    pub control_port: Option<u16>,

    /// Largest body that /__mock takes: 256MiB, 10MB, or a number of bytes
    #[arg(long, env = "MOCK_CALLS_CONTROL_BODY_LIMIT", value_name = "SIZE",
          default_value = "256MiB", value_parser = size)]
    pub control_body_limit: ByteSize,

    /// Web origin whose pages may use /__mock, * for any; repeatable
    #[arg(long, env = "MOCK_CALLS_CONTROL_CORS", value_name = "ORIGIN",
          value_delimiter = ',', value_parser = origin)]
    pub control_cors: Vec<HeaderValue>,

    /// Serve no /__mock at all, only /healthz
    #[arg(long, env = "MOCK_CALLS_NO_CONTROL", value_parser = BoolishValueParser::new())]
    pub no_control: bool,

    /// Certificate for TLS, in PEM, instead of one that is made at start
    #[cfg(feature = "tls")]
    #[arg(long, env = "MOCK_CALLS_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// Its private key, in PEM
    #[cfg(feature = "tls")]
    #[arg(long, env = "MOCK_CALLS_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Further name or address that the certificate made at start is for; repeatable
    #[cfg(feature = "tls")]
    #[arg(long = "tls-name", env = "MOCK_CALLS_TLS_NAME", value_name = "NAME",
          value_delimiter = ',', value_parser = tls_name)]
    pub tls_names: Vec<String>,

    /// Write the CA that signs that certificate to this file
    #[cfg(feature = "tls")]
    #[arg(long, env = "MOCK_CALLS_CA_OUT", value_name = "FILE")]
    pub ca_out: Option<PathBuf>,

    /// Keep that CA and its key in this directory, so that it need be trusted only once
    #[cfg(feature = "tls")]
    #[arg(long, env = "MOCK_CALLS_STATE_DIR", value_name = "DIR")]
    pub state_dir: Option<PathBuf>,

    /// Leave out the x-mock-explain header
    #[arg(long, env = "MOCK_CALLS_NO_EXPLAIN", value_parser = BoolishValueParser::new())]
    pub no_explain: bool,

    /// How log lines look; with json there is no banner
    #[arg(long, env = "MOCK_CALLS_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,

    /// Log every request; twice, what libraries say too
    #[arg(short, long, env = "MOCK_CALLS_VERBOSE", action = ArgAction::Count,
          value_parser = verbosity)]
    pub verbose: u8,

    /// Print nothing but errors
    #[arg(short, long, env = "MOCK_CALLS_QUIET", value_parser = BoolishValueParser::new())]
    pub quiet: bool,

    /// JSON to add to every app from the start, of who embeds the server; before `seed_file`.
    #[arg(skip)]
    pub seed: Option<Secret>,

    /// Where time comes from.
    #[arg(skip)]
    pub clock: Clock,
}
}

/// Who joins a call's room and leaves it, as webhooks are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(ValueEnum))]
pub enum Media {
    /// Who answers, and who hangs up.
    Auto,
    /// Who is said to with `POST /__mock/calls/{sessionId}/media`.
    Manual,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(ValueEnum))]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Config {
    /// What the binary serves without flags, whatever the environment says.
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: DEFAULT_PORT,
            port_file: None,
            app_id: AppId::default(),
            region: "us".to_owned(),
            api_key: DEFAULT_API_KEY.into(),
            auth_key: DEFAULT_AUTH_KEY.into(),
            management_key: seed::MANAGEMENT_KEY.into(),
            management_secret: seed::MANAGEMENT_SECRET.into(),
            webhooks: Vec::new(),
            #[cfg(feature = "tls")]
            webhook_ca: None,
            media: Media::Auto,
            ring_timeout: Duration::from_secs(45),
            statuses: Vec::new(),
            seed_file: None,
            strict_apps: false,
            max_apps: 10_000,
            journal: 10_000,
            journal_memory: ByteSize::mib(32),
            no_explain: false,
            log_format: LogFormat::Text,
            verbose: 0,
            quiet: false,
            seed: None,
            clock: Clock::system(),
            seed_rng: None,
            control_token: None,
            control_port: None,
            control_body_limit: ByteSize::mib(256),
            control_cors: Vec::new(),
            no_control: false,
            #[cfg(feature = "tls")]
            tls_cert: None,
            #[cfg(feature = "tls")]
            tls_key: None,
            #[cfg(feature = "tls")]
            tls_names: Vec::new(),
            #[cfg(feature = "tls")]
            ca_out: None,
            #[cfg(feature = "tls")]
            state_dir: None,
        }
    }
}

#[cfg(test)]
#[cfg(all(feature = "cli", feature = "tls"))]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    /// A program that has these flags and nothing else.
    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        config: Config,
    }

    fn parse(args: &[&str]) -> Result<Config, String> {
        let all = std::iter::once("mock-calls").chain(args.iter().copied());
        let flags = Flags::try_parse_from(all).map_err(|error| error.to_string())?;
        Ok(flags.config)
    }

    #[test]
    fn the_flags_make_sense_to_clap_and_have_variables_and_help() {
        let command = Flags::command();
        command.clone().debug_assert();
        for arg in command.get_arguments() {
            let name = arg.get_long().unwrap_or_default();
            assert!(arg.get_help().is_some(), "--{name} has no help");
            let env = arg.get_env().and_then(|env| env.to_str()).unwrap_or_default();
            let expected = format!("MOCK_CALLS_{}", name.replace('-', "_").to_uppercase());
            assert_eq!(env, expected);
        }
    }

    #[test]
    fn without_flags_it_is_the_default() {
        let (parsed, default) = (parse(&[]).unwrap(), Config::default());
        assert_eq!(format!("{parsed:?}"), format!("{default:?}"));
        // What is not shown is compared for itself.
        assert_eq!(
            (parsed.api_key, parsed.auth_key, parsed.control_token),
            (default.api_key, default.auth_key, default.control_token)
        );
        assert_eq!(
            (parsed.management_key, parsed.management_secret),
            (default.management_key, default.management_secret)
        );
    }

    #[test]
    fn keys_are_not_shown() {
        let secrets = [
            "--api-key=one",
            "--auth-key=two",
            "--control-token=three",
            "--management-key=four",
            "--management-secret=five",
        ];
        let shown = format!("{:?}", parse(&secrets).unwrap());
        for secret in ["one", "two", "three", "four", "five"] {
            let quoted = format!("\"{secret}\"");
            assert!(!shown.contains(&quoted) && shown.contains("api_key: *****"), "{shown}");
        }
    }

    #[test]
    fn a_wrong_value_says_what_was_expected() {
        for (args, expected) in [
            (["--port", "70000"], "from 0 (any free port) to 65535"),
            (["--host", "nowhere"], "an IP address such as 127.0.0.1"),
            (["--app-id", "a b"], "1 to 64 letters"),
            (["--region", "US"], "such as us, eu or in"),
            (["--api-key", ""], "visible ASCII"),
            (["--ring-timeout", "soon"], "such as 45, 45s, 500ms or 2m"),
            (["--max-apps", "0"], "from 1 upwards"),
            (["--journal", "few"], "from 0 upwards"),
            (["--journal-memory", "1 lot"], "such as 256MiB, 10MB"),
            (["--seed-rng", "-"], "a whole number from 0"),
            (["--tls-name", "calls test"], "such as calls.test, *.calls.test or 10.0.0.7"),
            (["--tls-name", "*.*.test"], "such as calls.test"),
            (["--control-port", "x"], "from 0 (any free port) to 65535"),
            (["--control-body-limit", "much"], "such as 256MiB, 10MB"),
            (["--control-cors", "localhost:5173"], "such as http://localhost:5173"),
            (["--control-cors", "http://localhost:5173/"], "such as http://localhost:5173"),
            (["--control-cors", "http://localhost/app"], "or * for any"),
            (["--webhook", "localhost:9000"], "such as http://localhost:9000/hook"),
            (["--media", "none"], "possible values: auto, manual"),
            (["--log-format", "xml"], "possible values: text, json"),
            (["--status", "ERR_CALL_BUSY_USER"], "expected CODE=HTTP"),
            (["--status", "ERR_BUSY_USER=409"], "did you mean ERR_CALL_BUSY_USER?"),
            (["--status", "X=409"], "the README lists them all"),
            (["--status", "ERR_CALL_BUSY_USER=200"], "from 400 to 599"),
        ] {
            let error = parse(&args).unwrap_err();
            assert!(error.contains(expected), "{args:?} said: {error}");
        }
    }

    #[test]
    fn durations_and_statuses_are_read() {
        let config = parse(&[
            "--ring-timeout=500ms",
            "--status=ERR_CALL_BUSY_USER=409",
            "--status=ERR_BAD_REQUEST=422",
        ])
        .unwrap();
        assert_eq!(config.ring_timeout, Duration::from_millis(500));
        let expected = [
            (Code::BusyUser, StatusCode::CONFLICT),
            (Code::BadRequest, StatusCode::UNPROCESSABLE_ENTITY),
        ];
        assert_eq!(config.statuses, expected);
        assert_eq!(parse(&["--ring-timeout", "0"]).unwrap().ring_timeout, Duration::ZERO);
    }

    #[test]
    fn sizes_origins_and_names_are_read() {
        for (text, bytes) in [("256MiB", 256 << 20), ("10MB", 10_000_000), ("512", 512)] {
            let config = parse(&["--control-body-limit", text]).unwrap();
            assert_eq!(config.control_body_limit.as_u64(), bytes, "{text}");
        }
        let config = parse(&["--control-cors=http://a:1,https://b", "--control-cors=*"]).unwrap();
        assert_eq!(config.control_cors, ["http://a:1", "https://b", "*"]);
        let config = parse(&["--tls-name=calls.test,*.calls.test", "--tls-name=::1"]).unwrap();
        assert_eq!(config.tls_names, ["calls.test", "*.calls.test", "::1"]);
    }
}
