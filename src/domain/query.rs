//! Listings: what is asked for, in which order, which page.

use std::sync::Arc;

use super::{
    call::{Call, Receiver},
    error::{Error, Ruling},
    ids::Uid,
    index::{Facet, Selection},
    world::World,
};

/// The most entries a page can have; more is clamped (vendor doc).
pub const MOST_PER_PAGE: usize = 1000;

/// Which part of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: usize,
    /// From 1 to [`MOST_PER_PAGE`].
    pub per_page: usize,
}

impl PageRequest {
    /// How many entries come before the page.
    #[must_use]
    pub const fn skip(self) -> usize {
        self.page.saturating_sub(1).saturating_mul(self.per_page)
    }
}

/// One page, and how many entries there are on all pages together.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// On all pages.
    pub total: usize,
    /// Which page it is.
    pub request: PageRequest,
}

impl<T> Page<T> {
    /// Cuts a page out of everything there is.
    pub fn cut(all: impl IntoIterator<Item = T>, request: PageRequest) -> Self {
        let mut total = 0;
        let window = request.skip()..request.skip().saturating_add(request.per_page);
        let mut items = Vec::new();
        for item in all {
            if window.contains(&total) {
                items.push(item);
            }
            total += 1;
        }
        Self { items, total, request }
    }

    /// The same page of something that borrows from it.
    pub fn items_as<'a, U>(&'a self, change: impl FnMut(&'a T) -> U) -> Page<U> {
        Page {
            items: self.items.iter().map(change).collect(),
            total: self.total,
            request: self.request,
        }
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            total: self.total,
            request: self.request,
        }
    }
}

impl World {
    /// Calls, newest first, of those the viewer may see: everybody's, or a user's own.
    #[must_use]
    pub fn list_calls(
        &mut self,
        mut what: Selection,
        viewer: Option<&Uid>,
        request: PageRequest,
    ) -> Page<Arc<Call>> {
        what.with.extend(viewer.cloned().map(Facet::Party));
        let (total, numbers) = self.calls.select(&what, request.skip(), request.per_page);
        let items = numbers.into_iter().map(|no| Arc::clone(self.calls.get(no))).collect();
        Page { items, total, request }
    }

    /// How many calls there are of this selection.
    #[must_use]
    pub fn count_calls(&mut self, what: &Selection) -> usize {
        self.calls.select(what, 0, 0).0
    }

    /// One call, if the viewer may see it: they made it, were called or took part, or could join
    /// it because they came into the group while it is going on, or because it is a direct session.
    ///
    /// # Errors
    /// `ERR_CALL_SESSION_NOT_FOUND`, also for a call outside the viewer's scope.
    pub fn view_call(&self, session: &str, viewer: Option<&Uid>) -> Ruling<Arc<Call>> {
        let unknown = |error: Error| error.by("view/1", "no call has this id");
        let call = self.calls.get(self.session(session).map_err(unknown)?);
        let is_invited = |uid: &Uid| match &call.receiver {
            Receiver::User(_) => false,
            Receiver::Group(guid) => {
                let members = self.rosters.get(guid).map(|roster| &roster.members);
                call.state.is_live() && members.is_some_and(|members| members.contains_key(uid))
            }
            Receiver::Anyone(_) => call.state.is_live(),
        };
        match viewer.filter(|uid| call.presence_of(uid).is_none() && !is_invited(uid)) {
            None => Ok(Arc::clone(call)),
            Some(stranger) => Err(Error::SessionNotFound { session: session.to_owned() }
                .by("view/2", format!("{stranger} neither made this call nor was called"))),
        }
    }
}
