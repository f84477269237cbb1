// The test's own web site: two pages, and the vendor's bundles as they were published.
//
// It is plain HTTP on localhost, which browsers hold for a secure context: the SDKs get the crypto
// and storage they ask for, and may speak https and wss to the server as from any other origin.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const files = {
  '/user': [here('../page/user.html'), 'text/html'],
  '/user.js': [here('../page/user.js'), 'text/javascript'],
  '/board': [here('../page/board.html'), 'text/html'],
  '/sdk/chat.js': [here('../node_modules/@cometchat/chat-sdk-javascript/CometChat.js'), 'text/javascript'],
  '/sdk/calls.js': [here('../node_modules/@cometchat/calls-sdk-javascript/pack/index.js'), 'text/javascript'],
};

export class Site {
  #server;

  static async open() {
    const site = new Site();
    site.#server = createServer(answer).listen(0, '127.0.0.1');
    await once(site.#server, 'listening');
    site.origin = `http://localhost:${site.#server.address().port}`;
    return site;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(request, response) {
  const file = files[request.url];
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  const [path, type] = file;
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(await readFile(path));
}
