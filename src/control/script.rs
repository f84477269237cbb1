//! A recipe as lines of shell, to be pasted and run against this server.
//!
//! | where | what |
//! | --- | --- |
//! | first line, where later ones depend on what is there | the app is put back to its seed |
//! | before the last one | `curl` without a word, or with what has to be kept of the answer |
//! | last line | `curl -i`: status, headers and body of the refusal |
//!
//! Keys that the server was given are no business of an answer: variables stand for them.

use super::recipes::{A, Kept, Load, Recipe, Step, Who};

/// What the scripts of a server have in common.
pub(super) struct Setting {
    /// Where the client reaches the vendor's surface, as in `http://localhost:2255`.
    pub(super) vendor: String,
    /// Where it reaches the control plane.
    pub(super) control: String,
    /// As a shell writes it between double quotes: itself, or a variable.
    pub(super) api_key: String,
    /// Likewise.
    pub(super) auth_key: String,
    /// Likewise.
    pub(super) management: [String; 2],
    /// The app of requests that name none.
    pub(super) default_app: String,
    /// Likewise, if the control plane asks for one.
    pub(super) control_token: Option<String>,
    /// Part of session ids.
    pub(super) region: String,
}

impl Setting {
    /// The script of a recipe, for an app of its own or for the default one.
    pub(super) fn script(&self, recipe: &Recipe, app: Option<&str>) -> String {
        let mut lines = Vec::new();
        if let (Some(_), [_, _, ..]) = (app, recipe.steps.as_slice()) {
            lines.push(format!("curl -s -o /dev/null{}", self.arguments(&reset(), app)));
        }
        let last = recipe.steps.len().saturating_sub(1);
        for (at, step) in recipe.steps.iter().enumerate() {
            let arguments = self.arguments(step, app);
            match &step.load {
                Load::LargeHeader(bytes) => {
                    lines.push(format!(r"LARGE=$(head -c {bytes} /dev/zero | tr '\0' x)"));
                }
                Load::Nothing | Load::Json(_) | Load::Header(..) | Load::LargeBody(_) => {}
            }
            lines.push(match (&step.load, step.keeps) {
                (Load::LargeBody(bytes), _) => {
                    format!("head -c {bytes} /dev/zero | curl -s -i{arguments}")
                }
                _ if at == last => format!("curl -s -i{arguments}"),
                (_, Some(kept)) => self.keep(kept, &arguments),
                (_, None) => format!("curl -s -o /dev/null{arguments}"),
            });
        }
        lines.join("\n")
    }

    fn keep(&self, kept: Kept, arguments: &str) -> String {
        let (name, begins) = match kept {
            Kept::Session => ("SESSION", format!(r"v1\.{}\.", self.region)),
            Kept::Token => ("TOKEN", format!("{A}_")),
        };
        format!(r#"{name}=$(curl -s{arguments} | grep -o '{begins}[^"]*' | head -n 1)"#)
    }

    /// Everything behind `curl -s`, with a blank before it.
    fn arguments(&self, step: &Step, app: Option<&str>) -> String {
        let is_control = step.who == Who::Control;
        let (origin, prefix) = if is_control { (&self.control, "") } else { (&self.vendor, "/v3") };
        let mut words = String::new();
        let has_data = matches!(step.load, Load::Json(_) | Load::LargeBody(_));
        if step.method != if has_data { "POST" } else { "GET" } {
            words += &format!(" -X {}", step.method);
        }
        let path = step.path.replace("$APP", app.unwrap_or(&self.default_app));
        words += &format!(r#" "{origin}{prefix}{path}""#);
        for header in self.credentials(step.who) {
            words += &format!(r#" -H "{header}""#);
        }
        let names_app = matches!(step.load, Load::Header("appId", _));
        if let Some(app) = app.filter(|_| !names_app) {
            words += &format!(" -H 'appId: {app}'");
        }
        match &step.load {
            Load::Nothing => {}
            Load::Json(body) => {
                words += &format!(" -H 'Content-Type: application/json' -d '{body}'");
            }
            Load::Header(name, value) => words += &format!(" -H '{name}: {value}'"),
            Load::LargeBody(_) => {
                words += " -H 'Content-Type: application/json' --data-binary @-";
            }
            Load::LargeHeader(_) => words += r#" -H "x-large: $LARGE""#,
        }
        words
    }

    fn credentials(&self, who: Who) -> Vec<String> {
        let api_key = || format!("apikey: {}", self.api_key);
        match who {
            Who::Nobody => Vec::new(),
            Who::Key => vec![api_key()],
            Who::As(uid) => vec![api_key(), format!("onBehalfOf: {uid}")],
            Who::AuthKey => vec![format!("apikey: {}", self.auth_key)],
            Who::WrongKey => vec!["apikey: a-key-that-nobody-knows".to_owned()],
            Who::Client => vec!["authToken: $TOKEN".to_owned()],
            Who::WrongClient => vec!["authToken: a-token-that-nobody-knows".to_owned()],
            Who::Manager => {
                let [key, secret] = &self.management;
                vec![format!("key: {key}"), format!("secret: {secret}")]
            }
            Who::Control => {
                let token = self.control_token.iter();
                token.map(|token| format!("Authorization: Bearer {token}")).collect()
            }
        }
    }
}

fn reset() -> Step {
    let load = Load::Nothing;
    Step { who: Who::Control, method: "POST", path: "/__mock/reset", load, keeps: None }
}
