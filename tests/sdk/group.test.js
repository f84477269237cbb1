import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANDREW, GEORGE, HIKERS, NANCY, SIDE_BY_SIDE, Stage, names } from './support/stage.js';

describe('A call to a group', SIDE_BY_SIDE, () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage?.close());

  it('rings at all the others', async (t) => {
    const [andrew, george, nancy] = await stage.app(t).users(ANDREW, GEORGE, NANCY);
    const { session } = await andrew.ringGroup(HIKERS);
    for (const other of [george, nancy]) {
      const rung = await other.hears('onIncomingCallReceived');
      assert.deepEqual([rung.session, rung.receiverType, rung.receiver, rung.initiator, rung.type],
        [session, 'group', HIKERS, ANDREW, 'video']);
    }
    assert.deepEqual(andrew.calls, []);
  });

  it('is joined by two and left one by one; the last one out ends it', async (t) => {
    const app = stage.app(t);
    const [andrew, george, nancy] = await app.users(ANDREW, GEORGE, NANCY);
    const { session } = await andrew.ringGroup(HIKERS);
    await Promise.all([george, nancy].map((other) => other.hears('onIncomingCallReceived')));

    // Only who placed a group call is told that somebody came.
    for (const other of [george, nancy]) {
      await other.accept(session);
      const accepted = await andrew.hears('onOutgoingCallAccepted');
      assert.deepEqual([accepted.session, accepted.sender, accepted.status], [session, other.uid, 'ongoing']);
    }

    await george.end(session);
    await andrew.end(session);
    assert.equal((await logOf(app, session)).status, 'ongoing');

    assert.equal((await nancy.end(session)).status, 'ended');
    for (const other of [andrew, george]) {
      const ended = await other.hears('onCallEndedMessageReceived');
      assert.deepEqual([ended.session, ended.sender], [session, NANCY]);
    }
    // That George and Andrew left told nobody that the call was over, or was accepted once more:
    // the SDK has no event for it.
    assert.deepEqual(names(andrew.calls),
      ['onOutgoingCallAccepted ongoing', 'onOutgoingCallAccepted ongoing', 'onCallEndedMessageReceived ended']);
    assert.deepEqual(names(george.calls), ['onIncomingCallReceived initiated', 'onCallEndedMessageReceived ended']);
    assert.deepEqual(names(nancy.calls), ['onIncomingCallReceived initiated']);
    assert.equal((await logOf(app, session)).status, 'ended');
    t.diagnostic(`picture: ${await app.picture('Andrew rings the hikers; the last one out ends the call')}`);
  });

  it('is rejected by one, and rings on for the others', async (t) => {
    const [andrew, george, nancy] = await stage.app(t).users(ANDREW, GEORGE, NANCY);
    const { session } = await andrew.ringGroup(HIKERS);
    await george.hears('onIncomingCallReceived');
    await george.reject(session);
    const rejected = await andrew.hears('onOutgoingCallRejected');
    assert.deepEqual([rejected.session, rejected.sender, rejected.status], [session, GEORGE, 'rejected']);
    await nancy.accept(session);
    assert.equal((await andrew.hears('onOutgoingCallAccepted')).sender, NANCY);
    assert.deepEqual(names(nancy.calls), ['onIncomingCallReceived initiated'], 'she is rung once');
  });

  it('is cancelled by who placed it', async (t) => {
    const [andrew, george, nancy] = await stage.app(t).users(ANDREW, GEORGE, NANCY);
    const { session } = await andrew.ringGroup(HIKERS);
    await andrew.cancel(session);
    for (const other of [george, nancy]) {
      assert.equal((await other.hears('onIncomingCallCancelled')).session, session);
    }
  });

  it("goes on when the caller's own ring timer ends after others joined", async (t) => {
    const app = stage.app(t);
    const george = await app.user(GEORGE);
    const andrew = await app.visitor(ANDREW);
    await andrew.takeTimers();
    await andrew.login();
    const { session } = await andrew.ringGroup(HIKERS);
    await george.hears('onIncomingCallReceived');
    await george.accept(session);
    await andrew.hears('onOutgoingCallAccepted');

    // The SDK stops this timer for one-to-one calls only.
    const report = andrew.sends('PUT', `/calls/${session}`);
    await andrew.timersRun(45_000);
    assert.deepEqual(await report, { status: 400, body: { status: 'unanswered' } });
    assert.equal((await logOf(app, session)).status, 'ongoing');
    assert.deepEqual(names(george.calls), ['onIncomingCallReceived initiated']);
  });
});

async function logOf(app, session) {
  const answer = await app.server.ask('GET', `/v3/calls/${session}`, { app: app.id, apikey: 'mock-rest-api-key' });
  return (await answer.json()).data;
}
