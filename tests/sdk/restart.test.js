import { after, before, describe, it } from 'node:test';
import { ANDREW, GEORGE, Stage, talk } from './support/stage.js';

// What users log in with must outlive the server, so it is in the seed.
const TOKENS = {
  [ANDREW]: `${ANDREW}_17000000000123456789abcdef0123456789abcd`,
  [GEORGE]: `${GEORGE}_17000000000123456789abcdef0123456789abcd`,
};
const seed = { tokens: Object.entries(TOKENS).map(([uid, authToken]) => ({ uid, authToken })) };

describe('A server that is restarted under its users', { timeout: 60_000 }, () => {
  let stage;
  before(async () => { stage = await Stage.open({ seed }); });
  after(() => stage?.close());

  it('is found again by the SDKs, and calls work as before', async (t) => {
    const app = stage.app(t);
    const users = await Promise.all([ANDREW, GEORGE].map((uid) => app.visitor(uid)));
    await Promise.all(users.map((user) => user.loginWithToken(TOKENS[user.uid])));
    await talk(...users);

    await stage.server.stop();
    await Promise.all(users.map((user) => user.hears('onDisconnected')));
    await stage.server.startAgain();
    await Promise.all(users.map((user) => user.hears('onConnected')));
    await Promise.all(users.map((user) => user.socketAccepted()));
    await talk(...users);
    t.diagnostic(`picture: ${await app.picture('A call, a restart, and a call')}`);
  });
});
