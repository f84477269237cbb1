// The programs in the README run as they stand there, but for their imports and the port.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { SIDE_BY_SIDE, Stage } from './support/stage.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const programs = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, program]) => program);

/** The only program in the README with this in it. */
function program(part, stage) {
  const found = programs.filter((program) => program.includes(part));
  assert.equal(found.length, 1, `programs with ${part} in the README`);
  return found[0].replaceAll('localhost:2255', stage.server.address).replace(/^import .*$/m, '');
}

describe('The README', SIDE_BY_SIDE, () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage.close());

  /** Runs a program in a page that has the SDKs, and answers what `result` is there afterwards. */
  async function run(text, result) {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.exposeFunction('tell', () => {});
    await page.goto(`${stage.site.origin}/user`);
    try {
      return await page.evaluate(
        (text) => new Function(`return (async () => {${text}})()`)(),
        `await window.sdk.loadCalls(); ${text}; return ${result};`,
      );
    } finally {
      await context.close();
    }
  }

  it('logs a user in', async () => {
    const loggedIn = '(await CometChat.getLoggedinUser()).getName()';
    assert.equal(await run(program('CometChat.login', stage), loggedIn), 'Andrew Joseph');
  });

  it('sets up the calls SDK', async () => {
    const token = await stage.server.authToken('mock-app', 'cometchat-uid-1');
    const logs = `(await new CometChatCalls.CallLogRequestBuilder().setAuthToken("${token}").build().fetchNext()).length`;
    assert.equal(await run(program('CallAppSettingsBuilder', stage), logs), 0);
  });

  it('makes an auth token in Node', async () => {
    const [file, ca] = ['program.mjs', 'readme-ca.pem'].map((name) => join(stage.folder, name));
    writeFileSync(file, `${program('fetch(', stage)}\nconsole.log(authToken);`);
    writeFileSync(ca, await stage.server.ca());
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
    assert.match(stdout, /^cometchat-uid-1_[0-9a-f]+\n$/);
  });
});
