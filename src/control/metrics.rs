//! `GET /metrics`: counts in the text form that Prometheus reads. The values of labels are this
//! server's own words, none of which needs escaping.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use axum::{extract::State, http::header::CONTENT_TYPE, response::IntoResponse};

use super::context::Control;
use crate::{
    domain::{
        call::Status,
        index::{Facet, Selection},
    },
    runtime::{app::App, apps::Apps},
};

/// The content type of the text form.
pub(super) const TEXT: &str = "text/plain; version=0.0.4";

pub(super) async fn show(State(control): State<Control>) -> impl IntoResponse {
    let mut text = Text::default();
    traffic(&mut text, &control);
    let all = control.apps.all();
    calls(&mut text, &all);
    journals(&mut text, &all);
    webhooks(&mut text, &control.apps, &all);
    server(&mut text, &control.apps, control.running.elapsed().as_secs_f64());
    ([(CONTENT_TYPE, TEXT)], text.0)
}

fn traffic(text: &mut Text, control: &Control) {
    let counts = control.traffic.counts();
    let (mut requests, mut errors) = (BTreeMap::new(), BTreeMap::new());
    for (kind, count) in &counts {
        let route = if kind.route.is_empty() { "none" } else { &kind.route };
        *requests.entry((kind.method, route, kind.status)).or_insert(0) += count;
        if let Some(code) = kind.code {
            *errors.entry(code.as_str()).or_insert(0) += count;
        }
    }
    text.head(
        "mock_calls_requests_total",
        "counter",
        "Requests of the vendor's surface; status 0 is a connection that was ended.",
    );
    for ((method, route, status), count) in requests {
        let status = status.to_string();
        text.line(&[("method", method), ("route", route), ("status", &status)], count);
    }
    text.head("mock_calls_errors_total", "counter", "Refusals by code.");
    for (code, count) in errors {
        text.line(&[("code", code)], count);
    }
}

fn calls(text: &mut Text, apps: &[Arc<App>]) {
    text.head("mock_calls_calls", "gauge", "Stored calls by status.");
    for status in Status::ALL {
        let with = || vec![Facet::Status(status)];
        let count = |app: &Arc<App>| {
            let selection = Selection { with: with(), ..Selection::default() };
            app.count_calls(&selection)
        };
        text.line(&[("status", status.as_str())], apps.iter().map(count).sum::<usize>());
    }
}

fn journals(text: &mut Text, apps: &[Arc<App>]) {
    let (mut entries, mut bytes, mut dropped) = (0, 0, 0);
    for size in apps.iter().map(|app| app.journal().size()) {
        entries += size.entries;
        bytes += size.bytes;
        dropped += size.dropped;
    }
    text.head("mock_calls_journal_entries", "gauge", "Requests in the journals.");
    text.line(&[], entries);
    text.head("mock_calls_journal_bytes", "gauge", "What they take.");
    text.line(&[], bytes);
    text.head(
        "mock_calls_journal_dropped",
        "gauge",
        "Requests that the journals have no room for any more.",
    );
    text.line(&[], dropped);
}

fn webhooks(text: &mut Text, apps: &Apps, all: &[Arc<App>]) {
    text.head("mock_calls_webhook_deliveries_total", "counter", "What webhooks were told.");
    for (standing, count) in apps.options().courier.counts() {
        text.line(&[("outcome", standing.as_str())], count);
    }
    let pending: usize = all.iter().map(|app| app.deliveries().outstanding().pending).sum();
    text.head("mock_calls_webhook_deliveries_pending", "gauge", "What waits to be told.");
    text.line(&[], pending);
}

fn server(text: &mut Text, apps: &Apps, uptime: f64) {
    text.head("mock_calls_apps", "gauge", "Apps there are.");
    text.line(&[], apps.len());
    let sockets: usize = apps.all().iter().map(|app| app.hub().len()).sum();
    text.head("mock_calls_sockets", "gauge", "Realtime sockets that are open.");
    text.line(&[], sockets);
    text.head("mock_calls_uptime_seconds", "gauge", "Since when the server runs.");
    text.line(&[], uptime);
}

/// The text so far, and whose lines follow.
#[derive(Default)]
struct Text(String, &'static str);

impl Text {
    /// Begins with a metric.
    fn head(&mut self, name: &'static str, kind: &str, help: &str) {
        self.1 = name;
        // Writing to a string cannot fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    /// One value of it.
    fn line(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<_> =
            labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{}{labels} {value}", self.1);
    }
}
