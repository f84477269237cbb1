import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANDREW, GEORGE, NANCY, SIDE_BY_SIDE, Stage, talk } from './support/stage.js';

describe('The calls SDK', SIDE_BY_SIDE, () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage?.close());

  it('generates a token for the session of a call', async (t) => {
    const app = stage.app(t);
    const andrew = await app.user(ANDREW, { calls: true });
    const { session } = await andrew.ring(GEORGE);
    const { token } = await andrew.callToken(session);
    assert.equal(sessionIn(token), session);
  });

  it('generates a token for a session that nobody called for', async (t) => {
    const app = stage.app(t);
    const andrew = await app.user(ANDREW, { calls: true });
    const { token } = await andrew.callToken('Team-Meeting');
    assert.equal(sessionIn(token), `v1.us.${app.id}.team-meeting`);
  });

  it('starts the session with it, as far as the server has a part in that', async (t) => {
    const andrew = await stage.app(t).user(ANDREW, { calls: true });
    const { session } = await andrew.ring(GEORGE);
    const { token } = await andrew.callToken(session);
    const { status } = await andrew.startSession(token);
    assert.equal(status, 200);
    assert.deepEqual(andrew.events.filter(({ event }) => event === 'sessionError'), []);
  });

  it('is refused a token for the call of others', async (t) => {
    const app = stage.app(t);
    const andrew = await app.user(ANDREW);
    const nancy = await app.user(NANCY, { calls: true });
    const { session } = await andrew.ring(GEORGE);
    await assert.rejects(nancy.callToken(session), { code: 'ERR_CALL_NOT_A_PART' });
  });

  it('reads the call log, newest first, and narrows it', async (t) => {
    const app = stage.app(t);
    const [andrew, george] = await Promise.all([app.user(ANDREW, { calls: true }), app.user(GEORGE)]);
    const first = await talk(andrew, george);
    const { session: second } = await george.ring(ANDREW);
    await andrew.hears('onIncomingCallReceived');
    await andrew.reject(second);

    const logs = await andrew.callLogs();
    assert.deepEqual(logs.map(({ sessionId, status }) => [sessionId, status]), [[second, 'rejected'], [first, 'ended']]);
    const [, { initiator, receiver, ...ended }] = logs;
    assert.deepEqual([initiator.uid, initiator.name, receiver.uid, receiver.name],
      [ANDREW, 'Andrew Joseph', GEORGE, 'George Alan']);
    assert.deepEqual([ended.type, ended.mode, ended.totalParticipants, ended.participants.map(({ uid }) => uid).sort()],
      ['audio', 'call', 2, [ANDREW, GEORGE]]);

    const outgoing = await andrew.callLogs({ direction: 'outgoing' });
    assert.deepEqual(outgoing.map(({ sessionId }) => sessionId), [first]);
    const rejected = await andrew.callLogs({ status: 'rejected' });
    assert.deepEqual(rejected.map(({ sessionId }) => sessionId), [second]);
    assert.equal((await andrew.callLogs({ limit: 1 })).length, 1);
  });

  it('reads the details of a call', async (t) => {
    const app = stage.app(t);
    const [andrew, george] = await Promise.all([app.user(ANDREW, { calls: true }), app.user(GEORGE)]);
    const session = await talk(andrew, george);
    const details = await andrew.callDetails(session);
    assert.deepEqual(details.map(({ sessionId, status, initiator, receiver }) => [sessionId, status, initiator.name, receiver.name]),
      [[session, 'ended', 'Andrew Joseph', 'George Alan']]);
  });

  it('is told of a call that there is not', async (t) => {
    const andrew = await stage.app(t).user(ANDREW, { calls: true });
    await assert.rejects(andrew.callDetails('no-such-session'), { code: 'ERR_CALL_SESSION_NOT_FOUND' });
  });
});

/** What the SDK itself reads of a token before it starts the session. */
function sessionIn(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).data.sessionId;
}
