// One user's page: the vendor's SDK, and a verb for each thing a test does with it. What the SDK
// tells its listeners goes to the test through `tell`, which the test puts into the page.

const idOf = (party) => party.uid ?? party.guid;

// Through the SDK's own getters, for they are what an application reads.
const plainCall = (call) => ({
  session: call.getSessionId(),
  status: call.getStatus(),
  action: call.getAction(),
  type: call.getType(),
  receiverType: call.getReceiverType(),
  sender: idOf(call.getSender()),
  initiator: idOf(call.getCallInitiator()),
  initiatorName: call.getCallInitiator().getName(),
  receiver: idOf(call.getCallReceiver()),
  metadata: call.getMetadata() ?? null,
  initiatedAt: call.getInitiatedAt(),
  joinedAt: call.getJoinedAt() ?? null,
});

const plainUser = (user) => ({ uid: user.getUid(), name: user.getName(), status: user.getStatus() });

const callEvents = [
  'onIncomingCallReceived', 'onOutgoingCallAccepted', 'onOutgoingCallRejected',
  'onIncomingCallCancelled', 'onCallEndedMessageReceived',
];
const userEvents = ['onUserOnline', 'onUserOffline'];
const connectionEvents = ['inConnecting', 'onConnected', 'onDisconnected'];

const telling = (names, plain) =>
  Object.fromEntries(names.map((name) => [name, (subject) => tell({ event: name, ...plain(subject) })]));

const nothing = () => ({});

function listen() {
  CometChat.addCallListener('test', new CometChat.CallListener(telling(callEvents, plainCall)));
  CometChat.addUserListener('test', new CometChat.UserListener(telling(userEvents, plainUser)));
  CometChat.addConnectionListener(
    'test', new CometChat.ConnectionListener(telling(connectionEvents, nothing)));
  CometChat.addLoginListener(
    'test', new CometChat.LoginListener(telling(['logoutSuccess'], nothing)));
}

const status = (name) => CometChat.CALL_STATUS[name];

const load = (source) => new Promise((loaded, failed) => {
  const script = document.createElement('script');
  Object.assign(script, { src: source, onload: loaded, onerror: failed });
  document.head.append(script);
});

window.sdk = {
  // The configuration that the README tells users of the SDKs to write, and nothing more.
  async init({ app, server, presence }) {
    const settings = new CometChat.AppSettingsBuilder()
      .setRegion('us')
      .overrideAdminHost(`${server}/v3`)
      .overrideClientHost(`${server}/v3`);
    if (presence) settings.subscribePresenceForAllUsers();
    await CometChat.init(app, settings.build());
    listen();
  },

  loadCalls: () => load('/sdk/calls.js'),

  async initCalls({ app, server }) {
    await this.loadCalls();
    const settings = new CometChatCalls.CallAppSettingsBuilder()
      .setAppId(app)
      .setRegion('us')
      .setHost(`https://${server}/v3.0/`);
    await CometChatCalls.init(settings.build());
  },

  login: async (...credentials) => plainUser(await CometChat.login(...credentials)),
  logout: () => CometChat.logout(),
  async loggedIn() {
    const user = await CometChat.getLoggedinUser();
    return user && plainUser(user);
  },
  async authToken() {
    return (await CometChat.getLoggedinUser()).getAuthToken();
  },

  async ring(receiver, { type, receiverType, metadata }) {
    const call = new CometChat.Call(receiver, type, receiverType);
    if (metadata) call.setMetadata(metadata);
    return plainCall(await CometChat.initiateCall(call));
  },
  accept: async (session) => plainCall(await CometChat.acceptCall(session)),
  reject: async (session) => plainCall(await CometChat.rejectCall(session, status('REJECTED'))),
  busy: async (session) => plainCall(await CometChat.rejectCall(session, status('BUSY'))),
  cancel: async (session) => plainCall(await CometChat.rejectCall(session, status('CANCELLED'))),
  end: async (session) => plainCall(await CometChat.endCall(session)),
  activeCall: () => CometChat.getActiveCall()?.getSessionId() ?? null,
  forgetCall: () => CometChat.clearActiveCall(),

  async users({ onlineOnly = false }) {
    const request = new CometChat.UsersRequestBuilder().setLimit(30);
    if (onlineOnly) request.setStatus(CometChat.USER_STATUS.ONLINE);
    return (await request.build().fetchNext()).map(plainUser);
  },

  callToken: (session, authToken) => CometChatCalls.generateToken(session, authToken),
  callLogs: (authToken, { limit, direction, status }) => {
    const request = new CometChatCalls.CallLogRequestBuilder().setLimit(limit).setAuthToken(authToken);
    if (direction) request.setCallDirection(direction);
    if (status) request.setCallStatus(status);
    return request.build().fetchNext();
  },
  async startSession(token) {
    const settings = new CometChatCalls.CallSettingsBuilder()
      .setIsAudioOnlyCall(true)
      .setCallListener({ onError: (error) => tell({ event: 'sessionError', ...error }) });
    await CometChatCalls.startSession(token, settings.build(), document.body);
  },
  callDetails: (session, authToken) => CometChatCalls.getCallDetails(session, authToken),
};
