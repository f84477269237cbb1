import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANDREW, GEORGE, SIDE_BY_SIDE, Stage } from './support/stage.js';

describe('Logging in', SIDE_BY_SIDE, () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage?.close());

  it('with a uid and an auth key', async (t) => {
    const andrew = await stage.app(t).visitor(ANDREW);
    assert.equal(await andrew.loggedIn(), null);
    const user = await andrew.login();
    assert.deepEqual(user, { uid: ANDREW, name: 'Andrew Joseph', status: 'online' });
    assert.deepEqual(await andrew.loggedIn(), user);
  });

  it('with a token that a backend fetched', async (t) => {
    const app = stage.app(t);
    const token = await app.server.authToken(app.id, ANDREW);
    const andrew = await app.visitor(ANDREW);
    assert.equal((await andrew.loginWithToken(token)).uid, ANDREW);
    assert.equal(await andrew.authToken(), token);
  });

  it('and out, and in again', async (t) => {
    const andrew = await stage.app(t).user(ANDREW);
    await andrew.logout();
    await andrew.hears('logoutSuccess');
    assert.equal(await andrew.loggedIn(), null);
    assert.equal((await andrew.login()).uid, ANDREW);
  });

  it('lasts through a reload of the page', async (t) => {
    const [andrew, george] = await stage.app(t).users(ANDREW, GEORGE);
    const token = await andrew.authToken();
    await andrew.reload();
    await andrew.socketAccepted();
    const { session } = await george.ring(ANDREW);
    assert.equal((await andrew.hears('onIncomingCallReceived')).session, session);
    assert.equal(await andrew.authToken(), token);
    // The SDK logs out and in again by itself when it does not trust the settings it has stored.
    assert.deepEqual(andrew.requests.filter((request) => request.endsWith('/me')), []);
  });

  it('is followed by a ping every 15 s, which is answered', async (t) => {
    const andrew = await stage.app(t).visitor(ANDREW);
    await andrew.takeTimers();
    await andrew.login();
    await andrew.timersRun(15_000);
    await andrew.receives(({ action }) => action === 'pong', 'pong');
  });

  it('is followed by a report about the browser, 5 s later', async (t) => {
    const andrew = await stage.app(t).visitor(ANDREW);
    await andrew.takeTimers();
    await andrew.login();
    const report = andrew.sends('POST', '/user_sessions');
    await andrew.timersRun(5_000);
    const { status, body } = await report;
    assert.deepEqual([status, body.data.cometchat.chatsdk], [200, { platform: 'javascript', version: '4.2.0' }]);
  });

  it('is refused with a wrong auth key', async (t) => {
    const andrew = await stage.app(t).visitor(ANDREW);
    await assert.rejects(andrew.login('no-such-auth-key'), { code: 'AUTH_ERR_APIKEY_NOT_FOUND' });
    assert.equal(await andrew.loggedIn(), null);
  });

  it('is refused with a token that nobody has', async (t) => {
    const andrew = await stage.app(t).visitor(ANDREW);
    const token = `${ANDREW}_1700000000000000000000000000000000000000`;
    await assert.rejects(andrew.loginWithToken(token), {
      code: 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND',
      message: new RegExp(`^The auth token ${token} does not exist`),
    });
  });

  it('is refused for a user who does not exist', async (t) => {
    const nobody = await stage.app(t).visitor('nobody');
    await assert.rejects(nobody.login(), { code: 'ERR_UID_NOT_FOUND' });
  });

  it('with a token that was taken away meanwhile: the next request logs the user out', async (t) => {
    const app = stage.app(t);
    const andrew = await app.user(ANDREW);
    const token = await andrew.authToken();
    await app.server.ask('DELETE', `/v3/users/${ANDREW}/auth_tokens/${token}`, { app: app.id, apikey: 'mock-rest-api-key' });
    await assert.rejects(andrew.users(), { code: 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND' });
    await andrew.hears('logoutSuccess');
    assert.equal(await andrew.loggedIn(), null);
  });
});
