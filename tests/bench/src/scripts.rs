//! What is asked over many connections.

use crate::{
    Outcome,
    calls::{Place, session},
    http::Answer,
    load::{CONNECTIONS, Script},
};

/// The same requests again and again, one after the other.
#[derive(Clone)]
pub(crate) struct Again {
    requests: Vec<Vec<u8>>,
    status: u16,
    at: usize,
}

impl Again {
    /// One request that is always answered with this status.
    pub(crate) fn one(request: Vec<u8>, status: u16) -> Self {
        Self { requests: vec![request], status, at: 0 }
    }

    /// Requests that are always answered with 200.
    pub(crate) const fn all(requests: Vec<Vec<u8>>) -> Self {
        Self { requests, status: 200, at: 0 }
    }
}

impl Script for Again {
    fn next(&mut self, _: usize, request: &mut Vec<u8>) {
        if let Some(next) = self.requests.get(self.at) {
            request.extend_from_slice(next);
        }
        self.at = (self.at + 1) % self.requests.len().max(1);
    }

    fn answered(&mut self, _: usize, answer: Answer<'_>) -> Outcome {
        expect(answer, self.status)
    }
}

/// Each connection has requests of its own, which it sends in a row, many at once.
pub(crate) struct Rows {
    rows: Vec<Vec<Vec<u8>>>,
    at: [usize; CONNECTIONS],
}

impl Rows {
    /// As many rows as connections.
    pub(crate) const fn of(rows: Vec<Vec<Vec<u8>>>) -> Self {
        Self { rows, at: [0; CONNECTIONS] }
    }
}

impl Script for Rows {
    fn at_once(&self) -> u32 {
        16
    }

    fn next(&mut self, connection: usize, request: &mut Vec<u8>) {
        let Some(row) = self.rows.get(connection) else { return };
        let Some(at) = self.at.get_mut(connection) else { return };
        if let Some(next) = row.get(*at) {
            request.extend_from_slice(next);
        }
        *at = (*at + 1) % row.len().max(1);
    }

    fn answered(&mut self, _: usize, answer: Answer<'_>) -> Outcome {
        expect(answer, 200)
    }
}

/// Lives of calls: one is initiated, accepted and ended, in one place after the other. No two
/// connections use the same place.
pub(crate) struct Lives {
    places: Vec<Place>,
    under_way: Vec<Life>,
}

struct Life {
    place: usize,
    stage: Stage,
    session: Vec<u8>,
}

/// What is done to a call next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Initiate,
    Accept,
    End,
}

impl Lives {
    /// The places are a multiple of the connections.
    pub(crate) fn at(places: Vec<Place>) -> Self {
        let begin = |place| Life { place, stage: Stage::Initiate, session: Vec::new() };
        Self { places, under_way: (0..CONNECTIONS).map(begin).collect() }
    }
}

impl Script for Lives {
    fn next(&mut self, connection: usize, request: &mut Vec<u8>) {
        let Some(life) = self.under_way.get(connection) else { return };
        let Some(place) = self.places.get(life.place) else { return };
        request.extend(life.stage.request(place, &life.session));
    }

    fn answered(&mut self, connection: usize, answer: Answer<'_>) -> Outcome {
        expect(answer, 200)?;
        let life = self.under_way.get_mut(connection).ok_or("no such connection")?;
        life.stage = match life.stage {
            Stage::Initiate => {
                life.session.clear();
                life.session.extend_from_slice(session(answer.body)?);
                Stage::Accept
            }
            Stage::Accept => Stage::End,
            Stage::End => {
                life.place = (life.place + CONNECTIONS) % self.places.len();
                Stage::Initiate
            }
        };
        Ok(())
    }
}

impl Stage {
    fn request(self, place: &Place, session: &[u8]) -> Vec<u8> {
        match self {
            Self::Initiate => place.initiate(),
            Self::Accept => place.accept(session),
            Self::End => place.end(session),
        }
    }
}

/// Brings many calls from one stage to the next, all of them in one turn. There are as many
/// requests in it as places, which are a multiple of the connections.
pub(crate) struct Many {
    places: Vec<Place>,
    sessions: Vec<Vec<u8>>,
    stage: Stage,
    /// How many each connection has sent, and got answers to.
    sent: [usize; CONNECTIONS],
    answered: [usize; CONNECTIONS],
}

impl Many {
    pub(crate) fn at(places: Vec<Place>) -> Self {
        let sessions = vec![Vec::new(); places.len()];
        let (sent, answered) = ([0; CONNECTIONS], [0; CONNECTIONS]);
        Self { places, sessions, stage: Stage::Initiate, sent, answered }
    }

    /// What the next turn is to do.
    pub(crate) fn begin(&mut self, stage: Stage) {
        self.stage = stage;
        (self.sent, self.answered) = ([0; CONNECTIONS], [0; CONNECTIONS]);
    }

    /// How many requests a turn has.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.places.len()).unwrap_or(u32::MAX)
    }
}

impl Script for Many {
    fn next(&mut self, connection: usize, request: &mut Vec<u8>) {
        let Some(sent) = self.sent.get_mut(connection) else { return };
        let place = *sent * CONNECTIONS + connection;
        *sent += 1;
        if let (Some(at), Some(session)) = (self.places.get(place), self.sessions.get(place)) {
            request.extend(self.stage.request(at, session));
        }
    }

    fn answered(&mut self, connection: usize, answer: Answer<'_>) -> Outcome {
        expect(answer, 200)?;
        let answered = self.answered.get_mut(connection).ok_or("no such connection")?;
        let place = *answered * CONNECTIONS + connection;
        *answered += 1;
        if self.stage == Stage::Initiate {
            *self.sessions.get_mut(place).ok_or("no such place")? = session(answer.body)?.to_vec();
        }
        Ok(())
    }
}

fn expect(answer: Answer<'_>, status: u16) -> Outcome {
    if answer.status == status {
        return Ok(());
    }
    let body = String::from_utf8_lossy(answer.body);
    Err(format!("{} instead of {status}: {body}", answer.status).into())
}
