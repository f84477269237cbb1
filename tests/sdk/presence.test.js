import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANDREW, GEORGE, JOHN, NANCY, SIDE_BY_SIDE, Stage } from './support/stage.js';

const online = (users) => users.filter(({ status }) => status === 'online').map(({ uid }) => uid).sort();

describe('Presence', SIDE_BY_SIDE, () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage?.close());

  it('is told to who subscribed, when users come and log out', async (t) => {
    const app = stage.app(t);
    const john = await app.user(JOHN, { presence: true });
    const nancy = await app.user(NANCY);
    assert.equal((await john.hears('onUserOnline')).uid, NANCY);

    const andrew = await app.user(ANDREW);
    const { event: _, ...came } = await john.hears('onUserOnline');
    assert.deepEqual(came, { uid: ANDREW, name: 'Andrew Joseph', status: 'online' });

    await andrew.logout();
    const { event: __, ...went } = await john.hears('onUserOffline');
    assert.deepEqual(went, { uid: ANDREW, name: 'Andrew Joseph', status: 'offline' });
    assert.deepEqual(nancy.events.filter(({ uid }) => uid), [], 'she did not subscribe');
    t.diagnostic(`picture: ${await app.picture('John watches who comes and goes')}`);
  });

  it('ends when a browser is closed without a logout, but not while another one is open', async (t) => {
    const app = stage.app(t);
    const john = await app.user(JOHN, { presence: true });
    const [phone, laptop] = await app.users(ANDREW, ANDREW);
    await john.hears('onUserOnline');
    await phone.close();
    const george = await app.user(GEORGE);
    assert.equal((await john.hears('onUserOnline')).uid, GEORGE);
    assert.deepEqual(online(await john.users()), [ANDREW, GEORGE, JOHN]);

    await laptop.close();
    assert.equal((await john.hears('onUserOffline')).uid, ANDREW);
    await george.close();
    assert.equal((await john.hears('onUserOffline')).uid, GEORGE);
  });

  it('is in the list of users, and the list can be narrowed to who is online', async (t) => {
    const [andrew] = await stage.app(t).users(ANDREW, GEORGE);
    const all = await andrew.users();
    assert.equal(all.length, 5);
    assert.deepEqual(online(all), [ANDREW, GEORGE]);
    const narrowed = await andrew.users({ onlineOnly: true });
    assert.deepEqual(narrowed.map(({ uid }) => uid).sort(), [ANDREW, GEORGE]);
  });
});
