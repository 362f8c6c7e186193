// A Matrix client for tests that shares no code with the bot's: matrix-js-sdk with its rust crypto, all in memory.
// Each line of standard input is a call, {"do": "say", "text": "…"}, and gets one line on standard output: what the
// call gives, or {"error": "…"}. Logs go to standard error. See tests/synapse/independent.py.

import { Console } from "node:console";
import { createInterface } from "node:readline";

globalThis.console = new Console(process.stderr); // before the library takes hold of it: standard output is for answers

const sdk = await import("matrix-js-sdk");
const { ClientEvent, MatrixEventEvent, RoomEvent, RoomMemberEvent } = sdk;
const { logger } = await import("matrix-js-sdk/lib/logger.js");
const crypto = await import("matrix-js-sdk/lib/crypto-api/index.js");
logger.setLevel("warn");

const ENCRYPTION = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
const NEWS = [
  ...[ClientEvent.Room, RoomEvent.MyMembership, RoomMemberEvent.Membership],
  ...[RoomEvent.Timeline, MatrixEventEvent.Decrypted],
];
const PATIENCE = 1500; // milliseconds in which a message may still become readable: the sender's keys are asked for
const received = []; // what others wrote, in order, and when it came
let client, password, room, waited = 0;
let wake = () => {};

/** Wait until `holds()` gives something truthy that the client's next news may have changed; give that. */
async function until(holds, what, seconds) {
  const end = Date.now() + seconds * 1000;
  for (let found; ; ) {
    if ((found = holds())) return found;
    const left = Math.min(end - Date.now(), 100); // some of it is a matter of time alone
    if (left <= 0) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, left);
      wake = () => (clearTimeout(timer), resolve());
    });
  }
}

const membership = (user) => client.getRoom(room)?.getMember(user)?.membership;
const words = (event) => event.getType() === "m.room.message" || event.isEncrypted();
const read = (event) => !event.isEncrypted() || (event.getClearContent() !== null && !event.isDecryptionFailure());
const settled = ({ event, at }) => read(event) || (event.isDecryptionFailure() && Date.now() - at > PATIENCE);

/** What a person would see of an event: whether it could be read, and the shield beside it. */
async function described({ event }) {
  const shield = await client.getCrypto().getEncryptionInfoForEvent(event);
  return {
    event_id: event.getId(),
    sender: event.getSender(),
    room_id: event.getRoomId(),
    content: event.getContent(),
    encrypted: event.isEncrypted(),
    readable: read(event),
    failure: event.decryptionFailureReason ?? "",
    shield: shield ? crypto.EventShieldColour[shield.shieldColour] : "",
    reason: shield ? (crypto.EventShieldReason[shield.shieldReason] ?? "") : "",
  };
}

const calls = {
  async login(call) {
    password = call.password;
    const login = { type: "m.login.password", identifier: { type: "m.id.user", user: call.user }, password };
    const account = await sdk.createClient({ baseUrl: call.url }).loginRequest(login);
    const [userId, deviceId] = [account.user_id, account.device_id];
    client = sdk.createClient({ baseUrl: call.url, userId, deviceId, accessToken: account.access_token });
    await client.initRustCrypto({ useIndexedDB: false });
    const { AllDevicesIsolationMode, OnlySignedDevicesIsolationMode } = crypto;
    const isolation = call.isolated ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false);
    client.getCrypto().setDeviceIsolationMode(isolation);
    client.on(RoomEvent.Timeline, (event) => {
      if (event.getSender() !== userId && words(event)) received.push({ event, at: Date.now() });
    });
    for (const news of NEWS) client.on(news, () => wake());
    await client.startClient();
    await new Promise((resolve) => client.on(ClientEvent.Sync, (state) => state === "PREPARED" && resolve()));
    return { user_id: userId, device_id: deviceId };
  },

  /** Make this user's cross-signing keys, unless there are some, and sign this device. */
  async sign() {
    const identifier = { type: "m.id.user", user: client.getUserId() };
    await client.getCrypto().bootstrapCrossSigning({
      authUploadDeviceSigningKeys: (upload) => upload({ type: "m.login.password", identifier, password }),
    });
    return {};
  },

  /** Sign another device of this user. */
  async sign_device({ device_id }) {
    await client.getCrypto().getUserDeviceInfo([client.getUserId()], true);
    await client.getCrypto().crossSignDevice(device_id);
    return {};
  },

  /** A user's devices, and of each whether its owner signed it. */
  async devices({ user }) {
    const known = (await client.getCrypto().getUserDeviceInfo([user], true)).get(user) ?? new Map();
    const signed = {};
    for (const id of known.keys()) {
      signed[id] = (await client.getCrypto().getDeviceVerificationStatus(user, id)).signedByOwner;
    }
    return { signed };
  },

  async open_chat({ user, encrypted, seconds }) {
    const initial_state = encrypted ? [ENCRYPTION] : [];
    const options = { invite: [user], is_direct: true, preset: sdk.Preset.TrustedPrivateChat, initial_state };
    room = (await client.createRoom(options)).room_id;
    await until(() => membership(user) === "join", `${user} in the room`, seconds);
    return { room_id: room };
  },

  async accept({ seconds }) {
    const invited = () => client.getRooms().find((each) => each.getMyMembership() === "invite");
    room = (await until(invited, "an invitation", seconds)).roomId;
    await client.joinRoom(room);
    await until(() => membership(client.getUserId()) === "join", "the room", seconds);
    return { room_id: room };
  },

  async say({ text }) {
    return { event_id: (await client.sendTextMessage(room, text)).event_id };
  },

  async wait({ count, seconds }) {
    const next = () => received.slice(waited, waited + count);
    await until(() => next().filter(settled).length === count, `${count} messages`, seconds);
    const messages = await Promise.all(next().map(described));
    waited += count;
    return { messages };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  const answer = await calls[call.do](call).catch((error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
client?.stopClient();
process.exit(0);
