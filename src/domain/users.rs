//! Making, changing and removing users, their log-ins and whom they blocked.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    error::{Error, Ruling},
    event::Event,
    ids::{AuthToken, Uid},
    map::IndexMap,
    people::{Account, Token, User},
    rules::leave,
    time::Timestamp,
    world::World,
};

/// A change of something that may be absent: `None` keeps it, `Some(None)` clears it.
pub type Patch<T> = Option<Option<T>>;

/// What a new user is made of.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Who.
    pub uid: Uid,
    /// Display name.
    pub name: String,
    /// The rest.
    pub profile: Profile,
}

/// What can be given and changed of a user beside the name.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// URL of a picture.
    pub avatar: Patch<String>,
    /// URL of a profile.
    pub link: Patch<String>,
    /// `default` when cleared.
    pub role: Patch<String>,
    /// A line about themselves.
    pub status_message: Patch<String>,
    /// Anything.
    pub metadata: Patch<Value>,
    /// At most 25.
    pub tags: Patch<Vec<String>>,
}

impl Profile {
    fn apply(self, user: &mut User) {
        put(&mut user.avatar, self.avatar);
        put(&mut user.link, self.link);
        put(&mut user.status_message, self.status_message);
        put(&mut user.metadata, self.metadata);
        if let Some(role) = self.role {
            user.role = role.unwrap_or_else(|| "default".to_owned());
        }
        if let Some(tags) = self.tags {
            user.tags = tags.unwrap_or_default();
        }
    }
}

pub(super) fn put<T>(slot: &mut Option<T>, patch: Patch<T>) {
    if let Some(value) = patch {
        *slot = value;
    }
}

impl World {
    /// Makes a user.
    ///
    /// # Errors
    /// `ERR_UID_ALREADY_EXISTS`, also for a deactivated one.
    pub fn create_user(&mut self, new: NewUser, now: Timestamp) -> Ruling<Arc<User>> {
        if self.accounts.contains_key(&new.uid) {
            return Err(Error::UidAlreadyExists { uid: new.uid }.into());
        }
        let mut user = User {
            uid: new.uid.clone(),
            name: new.name,
            avatar: None,
            link: None,
            role: "default".to_owned(),
            status_message: None,
            metadata: None,
            tags: Vec::new(),
            created_at: now,
            updated_at: None,
            deactivated_at: None,
            online: false,
        };
        new.profile.apply(&mut user);
        let user = Arc::new(user);
        let account = Account {
            user: Arc::clone(&user),
            blocked: IndexMap::default(),
            tokens: IndexMap::default(),
        };
        self.accounts.insert(new.uid, account);
        Ok(user)
    }

    /// Changes a user.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND`
    pub fn update_user(
        &mut self,
        uid: &str,
        name: Option<String>,
        profile: Profile,
        now: Timestamp,
    ) -> Ruling<Arc<User>> {
        let account = self.account_mut(uid)?;
        let user = Arc::make_mut(&mut account.user);
        if let Some(name) = name {
            user.name = name;
        }
        profile.apply(user);
        user.updated_at = Some(now);
        Ok(Arc::clone(&account.user))
    }

    /// Takes a user out of use: off their call and logged out. Says whether they were in use.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND` when there never was such a user.
    pub fn deactivate_user(&mut self, uid: &str, now: Timestamp) -> Ruling<bool> {
        let uid = self.any_account(uid)?.user.uid.clone();
        if !self.accounts.get(&uid).is_some_and(|account| account.user.is_active()) {
            return Ok(false);
        }
        leave::user_goes(self, &uid, now);
        self.revoke_tokens(&uid);
        self.set_online(&uid, false, now);
        if let Some(account) = self.accounts.get_mut(&uid) {
            Arc::make_mut(&mut account.user).deactivated_at = Some(now);
        }
        self.record(Event::UserGone(uid));
        Ok(true)
    }

    /// Takes a user into use again. Says whether they were out of it.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND` when there never was such a user.
    pub fn reactivate_user(&mut self, uid: &str) -> Ruling<bool> {
        let uid = self.any_account(uid)?.user.uid.clone();
        let Some(account) = self.accounts.get_mut(&uid) else {
            return Ok(false);
        };
        let was_out = !account.user.is_active();
        if was_out {
            Arc::make_mut(&mut account.user).deactivated_at = None;
        }
        Ok(was_out)
    }

    /// Removes a user for good, from groups and block lists too. Logs keep the uid.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND` when there never was such a user.
    pub fn delete_user(&mut self, uid: &str, now: Timestamp) -> Ruling<()> {
        let uid = self.any_account(uid)?.user.uid.clone();
        leave::user_goes(self, &uid, now);
        self.revoke_tokens(&uid);
        self.set_online(&uid, false, now);
        self.accounts.shift_remove(&uid);
        for account in self.accounts.values_mut() {
            account.blocked.shift_remove(&uid);
        }
        for roster in self.rosters.values_mut() {
            roster.members.shift_remove(&uid);
            roster.banned.shift_remove(&uid);
        }
        self.record(Event::UserGone(uid));
        Ok(())
    }

    /// Logs a user in.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND`
    pub fn create_token(
        &mut self,
        uid: &str,
        client: Map<String, Value>,
        random: [u8; 15],
        now: Timestamp,
    ) -> Ruling<(AuthToken, Token)> {
        let account = self.account_mut(uid)?;
        let uid = account.user.uid.clone();
        let name = AuthToken::new(&uid, now, random);
        let token = Token { created_at: now, client };
        account.tokens.insert(name.clone(), token.clone());
        self.token_owners.insert(name.clone(), uid);
        self.record(Event::TokenIssued(name.clone()));
        Ok((name, token))
    }

    /// One of a user's tokens.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND`, `AUTH_ERR_AUTH_TOKEN_NOT_FOUND`
    pub fn token(&self, uid: &str, token: &str) -> Ruling<(&AuthToken, &Token)> {
        let missing = || Error::AuthTokenNotFound { token: AuthToken::given(token) };
        Ok(self.active(uid)?.tokens.get_key_value(token).ok_or_else(missing)?)
    }

    /// Changes what a token's client says of itself.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND`, `AUTH_ERR_AUTH_TOKEN_NOT_FOUND`
    pub fn update_token(
        &mut self,
        uid: &str,
        token: &str,
        client: Map<String, Value>,
    ) -> Ruling<(AuthToken, Token)> {
        let name = self.token(uid, token)?.0.clone();
        let missing = || Error::AuthTokenNotFound { token: AuthToken::given(token) };
        let stored = self.account_mut(uid)?.tokens.get_mut(&name).ok_or_else(missing)?;
        stored.client.extend(client);
        let token = stored.clone();
        Ok((name, token))
    }

    /// Logs a user out of one token.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND`, `AUTH_ERR_AUTH_TOKEN_NOT_FOUND`
    pub fn delete_token(&mut self, uid: &str, token: &str) -> Ruling<()> {
        let name = self.token(uid, token)?.0.clone();
        self.account_mut(uid)?.tokens.shift_remove(&name);
        self.token_owners.remove(&name);
        self.record(Event::TokenRevoked(name));
        Ok(())
    }

    /// Logs a user out everywhere.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND`
    pub fn delete_tokens(&mut self, uid: &str) -> Ruling<()> {
        let uid = self.active(uid)?.user.uid.clone();
        self.revoke_tokens(&uid);
        Ok(())
    }

    /// Blocks somebody for a user, or unblocks them. Blocking the blocked again changes nothing.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND` for either.
    pub fn set_blocked(
        &mut self,
        uid: &str,
        whom: &str,
        blocked: bool,
        now: Timestamp,
    ) -> Ruling<()> {
        self.active(uid)?;
        let whom = self.active(whom)?.user.uid.clone();
        let account = self.account_mut(uid)?;
        if blocked {
            account.blocked.entry(whom).or_insert(now);
        } else {
            account.blocked.shift_remove(&whom);
        }
        Ok(())
    }

    /// A user in whatever state.
    ///
    /// # Errors
    /// `ERR_UID_NOT_FOUND`
    pub fn any_account(&self, uid: &str) -> Result<&Account, Error> {
        Uid::parse(uid)
            .ok()
            .and_then(|parsed| self.accounts.get(&parsed))
            .ok_or_else(|| Error::UidNotFound { uid: uid.to_owned() })
    }

    fn account_mut(&mut self, uid: &str) -> Result<&mut Account, Error> {
        let missing = || Error::UidNotFound { uid: uid.to_owned() };
        let parsed = Uid::parse(uid).map_err(|_| missing())?;
        self.accounts
            .get_mut(&parsed)
            .filter(|account| account.user.is_active())
            .ok_or_else(missing)
    }

    fn revoke_tokens(&mut self, uid: &Uid) {
        let Some(account) = self.accounts.get_mut(uid) else {
            return;
        };
        for (token, _) in std::mem::take(&mut account.tokens) {
            self.token_owners.remove(&token);
            self.record(Event::TokenRevoked(token));
        }
    }
}
