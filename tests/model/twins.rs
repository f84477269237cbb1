//! Two systems that are one until somewhere on the way, where the second is made from what the
//! first writes down of itself. From there on both have to say the same.

use crate::{
    System,
    reference::{Answer, Command, Filter, Log, S},
};

/// A system, and its twin once it has one.
pub struct Twins<T, F> {
    first: T,
    second: Option<T>,
    part: F,
    /// So many commands come before they part.
    before: usize,
}

impl<T: System, F: Fn(&T) -> T> Twins<T, F> {
    pub fn new(first: T, before: usize, part: F) -> Self {
        Self { first, second: None, part, before }
    }

    #[track_caller]
    fn both<U: PartialEq + std::fmt::Debug>(&mut self, ask: impl Fn(&mut T) -> U) -> U {
        let answer = ask(&mut self.first);
        if let Some(second) = &mut self.second {
            assert_eq!(ask(second), answer, "the second of the twins says something else");
        }
        answer
    }
}

impl<T: System, F: Fn(&T) -> T> System for Twins<T, F> {
    fn now(&self) -> i64 {
        self.first.now()
    }

    fn apply(&mut self, command: &Command) -> Answer {
        if self.before == 0 && self.second.is_none() {
            self.second = Some((self.part)(&self.first));
        }
        self.before = self.before.saturating_sub(1);
        self.both(|system| system.apply(command))
    }

    fn log(&mut self, call: S) -> Log {
        self.both(|system| system.log(call))
    }

    fn list(&mut self, filter: &Filter) -> Vec<S> {
        self.both(|system| system.list(filter))
    }
}
