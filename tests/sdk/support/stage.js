// Where the tests of one file play: a server, a web site and a browser, and an app for each test.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from './browser.js';
import { Server } from './server.js';
import { Site } from './site.js';
import { User } from './user.js';

export const ANDREW = 'cometchat-uid-1';
export const GEORGE = 'cometchat-uid-2';
export const NANCY = 'cometchat-uid-3';
export const SUSAN = 'cometchat-uid-4';
export const JOHN = 'cometchat-uid-5';
export const HIKERS = 'cometchat-guid-1';

/** Tests of a file that play at the same time. Each has its own app, so they cannot meet. */
export const SIDE_BY_SIDE = { concurrency: 3, timeout: 60_000 };

/** Events of calls in short: which, and the status they came with. */
export const names = (events) => events.map(({ event, status }) => `${event} ${status}`);

/** A call from its first ring to its end. Answers its session. */
export async function talk(caller, callee) {
  const { session } = await caller.ring(callee.uid);
  assert.equal((await callee.hears('onIncomingCallReceived')).session, session);
  await callee.accept(session);
  await caller.hears('onOutgoingCallAccepted');
  await caller.end(session);
  await callee.hears('onCallEndedMessageReceived');
  return session;
}

export class Stage {
  /** `seed`: JSON to add to every app, as the server's --seed takes it. */
  static async open({ seed } = {}) {
    const stage = new Stage();
    try {
      await stage.#set(seed);
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  async #set(seed) {
    this.folder = mkdtempSync(join(tmpdir(), 'mock-calls-sdk-'));
    const flags = [];
    if (seed) {
      const file = join(this.folder, 'seed.json');
      writeFileSync(file, JSON.stringify(seed));
      flags.push('--seed', file);
    }
    this.server = await Server.start(this.folder, flags);
    this.site = await Site.open();
    this.browser = await openBrowser(this.folder, await this.server.ca());
  }

  async close() {
    await this.browser?.close();
    this.site?.close();
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A world of the test's own, named after it. What its users opened is closed with it. */
  app(test) {
    return new App(this, test);
  }
}

class App {
  #users = [];

  constructor(stage, test) {
    const { server, site, browser } = stage;
    const slug = test.name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 60);
    Object.assign(this, { id: `sdk-${slug}`, server, site, browser });
    test.after(() => this.#leave());
  }

  /** A browser for this user, not logged in yet. */
  async visitor(uid, options) {
    const user = await User.open(this, uid, options);
    this.#users.push(user);
    return user;
  }

  /** A browser for this user, logged in, with its realtime socket. */
  async user(uid, options) {
    const user = await this.visitor(uid, options);
    await user.login();
    return user;
  }

  users(...uids) {
    return Promise.all(uids.map((uid) => this.user(uid)));
  }

  advance(time) {
    return this.server.advance(this.id, time);
  }

  /** A picture of what each user heard, for people to look at. Answers where it is. */
  async picture(title) {
    const folder = process.env.SDK_PICTURES ?? join(tmpdir(), 'mock-calls-sdk-pictures');
    mkdirSync(folder, { recursive: true });
    const page = await this.browser.newPage({ viewport: { width: 1000, height: 420 } });
    await page.goto(`${this.site.origin}/board`);
    const users = this.#users.map(({ uid, events }) => ({ uid, events }))
      .sort((one, other) => one.uid.localeCompare(other.uid));
    await page.evaluate(([title, users]) => window.show(title, users), [title, users]);
    const path = join(folder, `${this.id}.png`);
    await page.screenshot({ path });
    await page.close();
    return path;
  }

  async #leave() {
    const errors = this.#users.flatMap(({ uid, pageErrors }) => pageErrors.map((error) => `${uid}: ${error}`));
    await Promise.all(this.#users.map((user) => user.close()));
    assert.deepEqual(errors, [], 'a page threw what nobody caught');
  }
}
