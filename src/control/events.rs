//! `GET /__mock/events`: what happens in an app, as server-sent events. A client that comes back
//! with the `Last-Event-ID` it has seen, as every `EventSource` does by itself, goes on from there.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::{
    context::{Chosen, Control},
    error::ControlError,
    requests::EntryJson,
};
use crate::{
    domain::ids::Uid,
    runtime::{
        app::App,
        feed::{Happening, Transition},
        webhooks::Tried,
    },
};

/// How often a line is sent when nothing happens, so that whoever is between keeps the line open.
const STILL_THERE: Duration = Duration::from_secs(15);
const LAST_EVENT_ID: &str = "last-event-id";
/// What can be listened to; `reset` and `dropped` come in any case.
const KINDS: [&str; 4] = ["request", "transition", "socket", "delivery"];

/// A transition.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransitionJson<'a> {
    message_id: String,
    session_id: &'a str,
    action: &'static str,
    status: &'static str,
    #[serde(rename = "type")]
    call_type: &'static str,
    by: &'a str,
    caller: &'a str,
    receiver: &'a str,
    receiver_type: &'static str,
    at: i64,
}

/// What came of a try to tell a webhook.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryJson<'a> {
    id: u64,
    webhook: &'a str,
    trigger: &'static str,
    session_id: &'a str,
    attempt: usize,
    /// `pending` when it goes again.
    status: &'static str,
    http_status: Option<u16>,
    error: Option<&'a str>,
    at: i64,
}

/// A realtime socket.
#[derive(Serialize)]
struct SocketJson<'a> {
    uid: &'a str,
    action: &'static str,
}

/// Happenings that were not kept long enough.
#[derive(Serialize)]
struct DroppedJson {
    count: u64,
}

/// The app that was put back.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResetJson<'a> {
    app_id: &'a str,
}

pub(super) async fn listen(
    State(control): State<Control>,
    Chosen(app): Chosen,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ControlError> {
    let asked = Asked::read(&headers, &query.unwrap_or_default())?;
    let heard = asked.since.unwrap_or_else(|| app.feed().last());
    let greeting = Event::default().comment(format!("listening to {}", app.id()));
    let listener = Listener {
        app,
        kinds: asked.kinds,
        heard,
        news: VecDeque::new(),
        missed: 0,
        stopping: control.stopping.clone(),
    };
    let events = stream::unfold(listener, |mut listener| async {
        listener.next().await.map(|event| (Ok(event), listener))
    });
    let events = stream::once(async { Ok(greeting) }).chain(events);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(STILL_THERE)))
}

/// What a listener asks for.
struct Asked {
    kinds: Vec<String>,
    since: Option<u64>,
}

impl Asked {
    fn read(headers: &HeaderMap, query: &str) -> Result<Self, ControlError> {
        let mut asked = Self { kinds: Vec::new(), since: None };
        let mut since = headers
            .get(LAST_EVENT_ID)
            .map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned())
            .filter(|id| !id.trim().is_empty());
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "kind" => asked.kinds = value.split(',').map(str::to_owned).collect(),
                "lastEventId" => since = since.or(Some(value.into_owned())),
                "appId" => {}
                other => {
                    return Err(ControlError::bad_request(format!(
                        "There is no parameter {other}. There is: kind, lastEventId, appId."
                    )));
                }
            }
        }
        if let Some(unknown) = asked.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(ControlError::bad_request(format!(
                "There is no kind {unknown}. There is: {}.",
                KINDS.join(", ")
            )));
        }
        if let Some(id) = since {
            asked.since = Some(id.trim().parse().map_err(|_| {
                ControlError::bad_request(format!(
                    "Last-Event-ID is the id of an event, a whole number, not {id:?}; 0 asks for \
                     all that is kept."
                ))
            })?);
        }
        Ok(asked)
    }
}

/// Somebody who listens, and how far they have heard. What they have yet to be told is written only
/// when they take it: who never does would have all of it kept, bodies included.
struct Listener {
    app: Arc<App>,
    kinds: Vec<String>,
    heard: u64,
    news: VecDeque<(u64, Happening)>,
    /// What was not kept long enough, and was not told yet.
    missed: u64,
    stopping: CancellationToken,
}

impl Listener {
    /// The next event, when it comes; none when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.tell() {
                return Some(event);
            }
            let app = Arc::clone(&self.app);
            let next = app.feed().next();
            let is_all = self.take_news();
            if self.news.is_empty() && self.missed == 0 {
                if is_all {
                    return None;
                }
                tokio::select! {
                    () = next => {}
                    () = self.stopping.cancelled() => return None,
                }
            }
        }
    }

    /// Says whether these were the last ones.
    fn take_news(&mut self) -> bool {
        let news = self.app.news(self.heard);
        self.missed += news.missed;
        self.news = news.happenings.into();
        self.heard = self.news.back().map_or(self.heard, |(id, _)| *id);
        news.is_all
    }

    /// The first of the news that is wanted. That something was missed is told before what comes
    /// after it.
    fn tell(&mut self) -> Option<Event> {
        while let Some((id, happening)) = self.news.front() {
            let event = self.event(happening).map(|event| event.id(id.to_string()));
            if event.is_some() && self.missed > 0 {
                break;
            }
            self.missed += u64::from(event.is_none() && self.is_gone(happening));
            self.news.pop_front();
            if event.is_some() {
                return event;
            }
        }
        let count = std::mem::take(&mut self.missed);
        (count > 0).then(|| json(Event::default().event("dropped"), &DroppedJson { count }))
    }

    fn socket(&self, uid: &Uid, action: &'static str) -> Option<Event> {
        let socket = SocketJson { uid: uid.as_str(), action };
        self.wants("socket").then(|| json(Event::default().event("socket"), &socket))
    }

    fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind)
    }

    /// What is said of a happening, if that is wanted and still known.
    fn event(&self, happening: &Happening) -> Option<Event> {
        match happening {
            Happening::Request(no) => {
                let journal = self.app.journal();
                let entry = self.wants("request").then(|| journal.get_noted(*no))??;
                Some(json(Event::default().event("request"), &EntryJson::of(&entry)))
            }
            Happening::Transition(transition) => self.wants("transition").then(|| {
                json(Event::default().event("transition"), &TransitionJson::of(transition))
            }),
            Happening::SocketOpened(uid) => self.socket(uid, "opened"),
            Happening::SocketClosed(uid) => self.socket(uid, "closed"),
            Happening::Delivery(tried) => self
                .wants("delivery")
                .then(|| json(Event::default().event("delivery"), &DeliveryJson::of(tried))),
            Happening::Reset => {
                let reset = ResetJson { app_id: self.app.id().as_str() };
                Some(json(Event::default().event("reset"), &reset))
            }
        }
    }

    /// The journal had no room for it any more.
    fn is_gone(&self, happening: &Happening) -> bool {
        match happening {
            Happening::Request(no) => !self.app.journal().has(*no),
            Happening::Transition(_)
            | Happening::SocketOpened(_)
            | Happening::SocketClosed(_)
            | Happening::Delivery(_)
            | Happening::Reset => false,
        }
    }
}

/// With data, which as JSON has no line breaks.
fn json(event: Event, data: &impl Serialize) -> Event {
    event.data(serde_json::to_string(data).unwrap_or_default())
}

impl<'a> DeliveryJson<'a> {
    fn of(tried: &'a Tried) -> Self {
        let Tried { delivery, number, attempt, standing } = tried;
        Self {
            id: delivery.id,
            webhook: delivery.webhook.as_str(),
            trigger: delivery.trigger.as_str(),
            session_id: delivery.session.as_str(),
            attempt: *number,
            status: standing.as_str(),
            http_status: attempt.status,
            error: attempt.error.as_deref(),
            at: attempt.at.secs(),
        }
    }
}

impl<'a> TransitionJson<'a> {
    fn of(transition: &'a Transition) -> Self {
        Self {
            message_id: transition.message.to_string(),
            session_id: transition.session.as_str(),
            action: transition.action.as_str(),
            status: transition.status.as_str(),
            call_type: transition.call_type.as_str(),
            by: transition.by.as_str(),
            caller: transition.caller.as_str(),
            receiver: transition.receiver.as_str(),
            receiver_type: transition.receiver.kind(),
            at: transition.at.secs(),
        }
    }
}
