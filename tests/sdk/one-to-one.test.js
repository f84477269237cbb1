import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANDREW, GEORGE, SIDE_BY_SIDE, Stage, names } from './support/stage.js';

describe('A call between two', SIDE_BY_SIDE, () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage?.close());

  it('rings at the other side, who learns from whom and of what kind', async (t) => {
    const [andrew, george] = await stage.app(t).users(ANDREW, GEORGE);
    const placed = await andrew.ring(GEORGE, { type: 'video', metadata: { order: 7 } });
    const { event, ...heard } = await george.hears('onIncomingCallReceived');
    assert.deepEqual(heard, {
      session: placed.session,
      status: 'initiated',
      action: 'initiated',
      type: 'video',
      receiverType: 'user',
      sender: ANDREW,
      initiator: ANDREW,
      initiatorName: 'Andrew Joseph',
      receiver: GEORGE,
      metadata: { order: 7 },
      initiatedAt: placed.initiatedAt,
      joinedAt: placed.initiatedAt,
    });
    assert.deepEqual(andrew.calls, [], 'the caller is not rung');
  });

  it('is accepted, and ended by the caller', async (t) => {
    const app = stage.app(t);
    const [andrew, george] = await app.users(ANDREW, GEORGE);
    const { session } = await andrew.ring(GEORGE);
    await george.hears('onIncomingCallReceived');

    assert.equal((await george.accept(session)).status, 'ongoing');
    const accepted = await andrew.hears('onOutgoingCallAccepted');
    assert.deepEqual([accepted.session, accepted.status, accepted.sender, accepted.receiver, accepted.initiator],
      [session, 'ongoing', GEORGE, ANDREW, ANDREW]);

    assert.equal((await andrew.end(session)).status, 'ended');
    const ended = await george.hears('onCallEndedMessageReceived');
    assert.deepEqual([ended.session, ended.status, ended.sender], [session, 'ended', ANDREW]);

    assert.deepEqual(names(andrew.calls), ['onOutgoingCallAccepted ongoing']);
    assert.deepEqual(names(george.calls), ['onIncomingCallReceived initiated', 'onCallEndedMessageReceived ended']);
    assert.deepEqual([await andrew.activeCall(), await george.activeCall()], [null, null]);
    t.diagnostic(`picture: ${await app.picture('Andrew rings George, George accepts, Andrew hangs up')}`);
  });

  it('is accepted, and ended by the callee, the other way round', async (t) => {
    const [andrew, george] = await stage.app(t).users(ANDREW, GEORGE);
    const { session } = await george.ring(ANDREW);
    assert.equal((await andrew.hears('onIncomingCallReceived')).initiator, GEORGE);
    await andrew.accept(session);
    await george.hears('onOutgoingCallAccepted');
    await andrew.end(session);
    assert.equal((await george.hears('onCallEndedMessageReceived')).sender, ANDREW);
  });

  it('is rejected; then the callee rings back and is rejected too', async (t) => {
    const [andrew, george] = await stage.app(t).users(ANDREW, GEORGE);
    for (const [caller, callee] of [[andrew, george], [george, andrew]]) {
      const { session } = await caller.ring(callee.uid);
      await callee.hears('onIncomingCallReceived');
      assert.equal((await callee.reject(session)).status, 'rejected');
      const rejected = await caller.hears('onOutgoingCallRejected');
      assert.deepEqual([rejected.session, rejected.status, rejected.sender], [session, 'rejected', callee.uid]);
      assert.equal(await caller.activeCall(), null);
    }
  });

  it('is cancelled; then the callee rings back and cancels too', async (t) => {
    const [andrew, george] = await stage.app(t).users(ANDREW, GEORGE);
    for (const [caller, callee] of [[andrew, george], [george, andrew]]) {
      const { session } = await caller.ring(callee.uid);
      await callee.hears('onIncomingCallReceived');
      assert.equal((await caller.cancel(session)).status, 'cancelled');
      const cancelled = await callee.hears('onIncomingCallCancelled');
      assert.deepEqual([cancelled.session, cancelled.status, cancelled.sender], [session, 'cancelled', caller.uid]);
      assert.equal(await caller.activeCall(), null);
    }
  });

  it('is answered with busy', async (t) => {
    const [andrew, george] = await stage.app(t).users(ANDREW, GEORGE);
    const { session } = await andrew.ring(GEORGE);
    await george.hears('onIncomingCallReceived');
    assert.equal((await george.busy(session)).status, 'busy');
    const rejected = await andrew.hears('onOutgoingCallRejected');
    assert.deepEqual([rejected.session, rejected.status], [session, 'busy']);
  });

  it('rings out: both sides learn that nobody answered', async (t) => {
    const app = stage.app(t);
    const [andrew, george] = await app.users(ANDREW, GEORGE);
    const { session } = await andrew.ring(GEORGE);
    await george.hears('onIncomingCallReceived');

    // 45 s, and the 5 s more that a call placed by an SDK gets.
    const { fired } = await app.advance('50s');
    assert.deepEqual(fired.map(({ sessionId, status }) => [sessionId, status]), [[session, 'unanswered']]);
    assert.equal((await andrew.hears('onOutgoingCallRejected')).status, 'unanswered');
    assert.equal((await george.hears('onIncomingCallCancelled')).status, 'unanswered');

    // The caller's SDK goes on holding the call until its own timer ends, unless it is told.
    assert.equal(await andrew.activeCall(), session);
    await andrew.forgetCall();
    const again = await andrew.ring(GEORGE);
    assert.equal((await george.hears('onIncomingCallReceived')).session, again.session);
  });

  it("rings out by the caller's own timer, before the server's", async (t) => {
    const app = stage.app(t);
    const george = await app.user(GEORGE);
    const andrew = await app.visitor(ANDREW);
    await andrew.takeTimers();
    await andrew.login();
    const { session } = await andrew.ring(GEORGE);
    await george.hears('onIncomingCallReceived');

    const report = andrew.sends('PUT', `/calls/${session}`);
    await andrew.timersRun(45_000);
    assert.deepEqual(await report, { status: 200, body: { status: 'unanswered' } });
    assert.equal((await andrew.hears('onOutgoingCallRejected')).status, 'unanswered');
    assert.equal((await george.hears('onIncomingCallCancelled')).status, 'unanswered');
  });
});
