// A mock-calls process: started, asked, moved in time, stopped.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE, within } from './patience.js';

const built = fileURLToPath(new URL('../../../target/release/mock-calls', import.meta.url));

export class Server {
  #process;
  #folder;
  #flags;
  #said = '';

  /** `folder` is the server's own: its port file, CA and state are there. */
  static async start(folder, flags = []) {
    const server = new Server();
    server.#folder = folder;
    server.#flags = flags;
    await server.#run(0);
    return server;
  }

  /** The binary that MOCK_CALLS_BIN names, else the release build of this work tree. */
  static get binary() {
    const binary = process.env.MOCK_CALLS_BIN ? resolve(process.env.MOCK_CALLS_BIN) : built;
    if (!existsSync(binary)) {
      throw new Error(`there is no server at ${binary}: build it with cargo build --release, or set MOCK_CALLS_BIN`);
    }
    return binary;
  }

  /** Host and port, as an application would write them into the SDK's settings. */
  get address() {
    return `localhost:${this.port}`;
  }

  async ask(method, path, { app, body, apikey } = {}) {
    const headers = { 'Content-Type': 'application/json' };
    if (app) headers.appId = app;
    if (apikey) headers.apikey = apikey;
    const answer = await fetch(`http://${this.address}${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** The CA's certificate, PEM. */
  async ca() {
    return (await this.ask('GET', '/__mock/ca.pem')).text();
  }

  /** Moves the clock of one app; the answer lists what fell due on the way. */
  async advance(app, time) {
    return (await this.ask('POST', '/__mock/clock', { app, body: { advance: time } })).json();
  }

  /** A token as a backend would fetch it for its user. */
  async authToken(app, uid) {
    const answer = await this.ask('POST', `/v3/users/${uid}/auth_tokens`, { app, apikey: 'mock-rest-api-key', body: {} });
    return (await answer.json()).data.authToken;
  }

  /** Stops the server as a service manager does. The next start takes the same port and state. */
  async stop() {
    const stopping = this.#process;
    if (stopping.exitCode !== null || stopping.signalCode !== null) return;
    const exit = once(stopping, 'exit');
    stopping.kill('SIGTERM');
    const [code, signal] = await within(PATIENCE, exit, 'the server stops');
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}: ${this.#said}`);
  }

  startAgain() {
    return this.#run(this.port);
  }

  async #run(port) {
    const portFile = join(this.#folder, 'port');
    const flags = ['--port', String(port), '--port-file', portFile, '--state-dir', join(this.#folder, 'state'), '--quiet'];
    this.#process = spawn(Server.binary, [...flags, ...this.#flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', (text) => { this.#said += text; });
    }
    const ended = once(this.#process, 'exit').then(([code, signal]) => {
      throw new Error(`the server ended with ${code ?? signal} at its start: ${this.#said}`);
    });
    // Only its start is waited for here; that it ends later is what `stop` wants.
    ended.catch(() => {});
    this.port = await within(PATIENCE, Promise.race([portIn(portFile), ended]), 'the server writes its port file');
  }
}

/** The port that a file names as soon as there is one. */
function portIn(file) {
  return new Promise((found) => {
    const folder = watch(join(file, '..'));
    const look = () => {
      const port = existsSync(file) && Number(readFileSync(file, 'utf8'));
      if (port) {
        folder.close();
        found(port);
      }
    };
    folder.on('change', look);
    look();
  });
}
