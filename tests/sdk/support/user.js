// A user at a browser of their own: a verb for each thing they do with the SDKs, and what the SDKs
// told their application.

import { PATIENCE, within } from './patience.js';

const CALL_EVENT = /Call/;

/** What the SDK rejected with. It is no Error but an object with `code`, `name`, `message`, `details`. */
export class SdkError extends Error {
  constructor({ code, name, message, details }) {
    super(message);
    Object.assign(this, { code, sdkName: name, details });
  }
}

export class User {
  #app;
  #options;
  #page;
  #heard = [];
  #taken = 0;
  #waiting = [];
  #frames = [];
  #requests = [];

  static async open(app, uid, { presence = false, calls = false } = {}) {
    const user = new User();
    user.uid = uid;
    user.pageErrors = [];
    user.#app = app;
    // A context is a browser profile of its own: storage, and so the login, is shared with nobody.
    const context = await app.browser.newContext();
    user.#page = await context.newPage();
    user.#page.on('pageerror', (error) => user.pageErrors.push(String(error)));
    user.#page.on('websocket', (socket) => user.#follow(socket));
    user.#page.on('request', (request) => user.#requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await user.#page.exposeFunction('tell', (event) => user.#hear(event));
    user.#options = { presence, calls };
    await user.#enter();
    return user;
  }

  async #enter() {
    const { presence, calls } = this.#options;
    const settings = { app: this.#app.id, server: this.#app.server.address, presence };
    await this.#page.goto(`${this.#app.site.origin}/user`);
    await this.#do('init', settings);
    if (calls) await this.#do('initCalls', settings);
  }

  // Verbs: what an application does with the chat SDK.

  /** Logs in with an auth key, and waits until the realtime socket is logged in as well. */
  login(authKey = 'mock-auth-key') {
    return this.#logIn(this.uid, authKey);
  }

  loginWithToken(authToken) {
    return this.#logIn(authToken);
  }

  async #logIn(...credentials) {
    const user = await this.#do('login', ...credentials);
    await this.socketAccepted();
    return user;
  }

  logout() { return this.#do('logout'); }
  loggedIn() { return this.#do('loggedIn'); }
  authToken() { return this.#do('authToken'); }

  ring(receiver, { type = 'audio', metadata } = {}) {
    return this.#do('ring', receiver, { type, receiverType: 'user', metadata });
  }

  ringGroup(guid, { type = 'video' } = {}) {
    return this.#do('ring', guid, { type, receiverType: 'group' });
  }

  accept(session) { return this.#do('accept', session); }
  reject(session) { return this.#do('reject', session); }
  busy(session) { return this.#do('busy', session); }
  cancel(session) { return this.#do('cancel', session); }
  end(session) { return this.#do('end', session); }
  activeCall() { return this.#do('activeCall'); }
  forgetCall() { return this.#do('forgetCall'); }
  users(filter = {}) { return this.#do('users', filter); }

  // Verbs of the calls SDK.

  async callToken(session) { return this.#do('callToken', session, await this.authToken()); }
  async callDetails(session) { return this.#do('callDetails', session, await this.authToken()); }
  async callLogs(filter = {}) { return this.#do('callLogs', await this.authToken(), { limit: 30, ...filter }); }

  /** Answers when the SDK asked the server about the token; the media that would follow is no matter here. */
  async startSession(token) {
    const asked = this.sends('GET', '/call_tokens');
    await this.#do('startSession', token);
    return asked;
  }

  // What the SDK told.

  /** The next event of this name that was not taken yet, now or soon. Those before it are passed over. */
  hears(name) {
    const take = () => {
      const at = this.#heard.findIndex((event, index) => index >= this.#taken && event.event === name);
      if (at < 0) return undefined;
      this.#taken = at + 1;
      return this.#heard[at];
    };
    return this.#until(take, `${this.uid} hears ${name}`);
  }

  /** Every event of calls so far, in order. */
  get calls() {
    return this.#heard.filter((event) => CALL_EVENT.test(event.event));
  }

  /** Every event so far, in order. */
  get events() {
    return [...this.#heard];
  }

  /** The realtime socket has been told that it is logged in, once more than at the last call of this. */
  socketAccepted() {
    return this.receives(({ type, body }) => type === 'auth' && body.code === '200', 'that its socket is logged in');
  }

  /** A frame of the socket that nobody asked for yet, now or soon; those before it are passed over. */
  receives(wanted, what) {
    const take = () => {
      const at = this.#frames.findIndex(wanted);
      return at < 0 ? undefined : this.#frames.splice(0, at + 1).at(-1);
    };
    return this.#until(take, `${this.uid} is told ${what}`);
  }

  /** Every request of the page since it was last loaded, as "GET /path". */
  get requests() {
    return [...this.#requests];
  }

  /** Loads the page again, as the user would, and starts the SDK in it. There is no login in that. */
  async reload() {
    this.#requests = [];
    await this.#enter();
  }

  /** Lets the page's own timers believe that time has passed. The server's clock is another. */
  async timersRun(milliseconds) {
    await this.#page.clock.fastForward(milliseconds);
  }

  /** From now on this page's timers can be moved. To be called before they are set. */
  async takeTimers() {
    await this.#page.clock.install();
  }

  /** The next request of this kind that the page sends, with the status it was answered with. */
  async sends(method, path) {
    const wanted = (response) =>
      response.request().method() === method && new URL(response.url()).pathname.endsWith(path);
    const response = await within(PATIENCE, this.#page.waitForResponse(wanted), `${this.uid} sends ${method} ${path}`, this.#told);
    return { status: response.status(), body: response.request().postDataJSON() };
  }

  /** The browser is closed, without a logout. */
  close() {
    return this.#page.context().close();
  }

  #follow(socket) {
    socket.on('framereceived', ({ payload }) => {
      this.#frames.push(JSON.parse(payload));
      this.#look();
    });
  }

  #hear(event) {
    this.#heard.push(event);
    this.#look();
  }

  #told = () => `; heard ${JSON.stringify(this.#heard)}`;

  #until(take, what) {
    const now = take();
    if (now !== undefined) return Promise.resolve(now);
    const later = new Promise((found) => this.#waiting.push({ take, found }));
    return within(PATIENCE, later, what, this.#told);
  }

  #look() {
    this.#waiting = this.#waiting.filter(({ take, found }) => {
      const it = take();
      if (it !== undefined) found(it);
      return it === undefined;
    });
  }

  async #do(verb, ...given) {
    const answer = this.#page.evaluate(async ([verb, given]) => {
      try {
        return { value: await window.sdk[verb](...given) };
      } catch ({ code, name, message, details }) {
        return { error: { code, name, message, details } };
      }
    }, [verb, given]);
    const { value, error } = await within(PATIENCE, answer, `${this.uid}: ${verb}`);
    if (error) throw new SdkError(error);
    return value;
  }
}
