import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANDREW, GEORGE, HIKERS, NANCY, SIDE_BY_SIDE, Stage } from './support/stage.js';

describe('What an application gets to see of an error', SIDE_BY_SIDE, () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage?.close());

  it('ERR_CALL_BUSY_USER, for who rings a caller', async (t) => {
    const [andrew, nancy] = await stage.app(t).users(ANDREW, NANCY);
    await andrew.ring(GEORGE);
    await assert.rejects(nancy.ring(ANDREW), { code: 'ERR_CALL_BUSY_USER', message: new RegExp(ANDREW) });
    assert.equal(await nancy.activeCall(), null);
  });

  it('ERR_CALL_BUSY_SELF, for a user who rings from a second device', async (t) => {
    const [phone, laptop] = await stage.app(t).users(ANDREW, ANDREW);
    await phone.ring(GEORGE);
    await assert.rejects(laptop.ring(NANCY), { code: 'ERR_CALL_BUSY_SELF' });
  });

  it('ERR_CALLING_SELF, for who rings themselves', async (t) => {
    const andrew = await stage.app(t).user(ANDREW);
    await assert.rejects(andrew.ring(ANDREW), { code: 'ERR_CALLING_SELF' });
  });

  it('ERR_CALL_SESSION_NOT_FOUND, for a call that there is not', async (t) => {
    const andrew = await stage.app(t).user(ANDREW);
    await assert.rejects(andrew.accept('no-such-session'), { code: 'ERR_CALL_SESSION_NOT_FOUND' });
  });

  it('ERR_CALL_TERMINATED, for who accepts a call too late', async (t) => {
    const [andrew, george] = await stage.app(t).users(ANDREW, GEORGE);
    const { session } = await andrew.ring(GEORGE);
    await george.hears('onIncomingCallReceived');
    await andrew.cancel(session);
    await george.hears('onIncomingCallCancelled');
    await assert.rejects(george.accept(session), {
      code: 'ERR_CALL_TERMINATED',
      message: `The call with sessionid ${session} is ended.`,
    });
  });

  it('ERR_CALL_NOT_A_PART, for who accepts the call of others', async (t) => {
    const [andrew, nancy] = await stage.app(t).users(ANDREW, NANCY);
    const { session } = await andrew.ring(GEORGE);
    await assert.rejects(nancy.accept(session), { code: 'ERR_CALL_NOT_A_PART' });
  });

  it('ERR_CALL_BUSY_GROUP, for who rings a group on a call', async (t) => {
    const [andrew, nancy] = await stage.app(t).users(ANDREW, NANCY);
    await andrew.ringGroup(HIKERS);
    await assert.rejects(nancy.ringGroup(HIKERS), { code: 'ERR_CALL_BUSY_GROUP' });
  });

  it('ERR_UID_NOT_FOUND, for who rings somebody who does not exist', async (t) => {
    const andrew = await stage.app(t).user(ANDREW);
    await assert.rejects(andrew.ring('nobody'), { code: 'ERR_UID_NOT_FOUND' });
  });
});
