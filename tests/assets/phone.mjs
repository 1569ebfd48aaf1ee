// A phone without a browser: its databases, its settings, its clock; and a portal that answers as it is told to.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { mock } from "node:test";

createRequire(`${process.env.NODE_MODULES_OF}/`)("fake-indexeddb/auto");

class Settings extends Map {
  getItem(name) {
    return this.get(name) ?? null;
  }
  setItem(name, value) {
    this.set(name, String(value));
  }
  removeItem(name) {
    this.delete(name);
  }
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

define("localStorage", new Settings());
define("navigator", { onLine: true, platform: "Linux", language: "en", connection: { type: "wifi" } });

const { Delivery } = await import("../../geoportal/assets/field/queue/delivery.js");
const { Device } = await import("../../geoportal/assets/field/device/device.js");
const { Queue } = await import("../../geoportal/assets/field/queue/queue.js");
const { Server } = await import("../../geoportal/assets/field/queue/server.js");
const { Store } = await import("../../geoportal/assets/field/storage/store.js");

/** `reply(request)`: {status, body}, "drop" before it is heard, "drop after" it is done, or nothing for a good answer. */
export class Portal {
  account = "7";
  requests = [];
  done = new Map();
  reply = () => undefined;

  static async open() {
    const portal = new Portal();
    portal.http = createServer((request, response) => portal.#answer(request, response));
    await new Promise((ready) => portal.http.listen(0, "127.0.0.1", ready));
    portal.root = `http://127.0.0.1:${portal.http.address().port}/`;
    return portal;
  }

  async close() {
    this.http.closeAllConnections();
    await new Promise((closed) => this.http.close(closed));
  }

  /** What was done, once however often it was sent: path and note, or file name. */
  get acts() {
    return [...this.done.values()].map(({ path, body }) => [path, body.note ?? body.file?.name]);
  }

  sent(path) {
    return this.requests.filter((request) => request.path === path);
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const heard = await read(request, Buffer.concat(chunks));
    if (heard.path !== "token/") this.requests.push(heard);
    const wanted = heard.path === "token/" ? undefined : await this.reply(heard);
    if (wanted === "drop") return request.socket.destroy();
    const { status = 200, body } = typeof wanted === "object" ? wanted : { body: this.#act(heard) };
    if (wanted === "drop after") return request.socket.destroy();
    response.writeHead(status, { "Content-Type": "application/json" });
    return response.end(typeof body === "string" ? body : JSON.stringify(body));
  }

  #act(heard) {
    if (heard.path === "token/")
      return { account: this.account, user: "somebody", csrf: "token", now: new Date().toISOString() };
    const { key, case_key: ref } = heard.body;
    if (!this.done.has(key)) this.done.set(key, { ...heard, revision: this.#revision(ref) + 1 });
    const { revision } = this.done.get(key);
    const known = { id: 100, key: ref ?? null, number: "UM-1", photos: [], events: [], taken: [], steps: [] };
    return { case: known, was: revision - 1, revision };
  }

  #revision(ref) {
    return [...this.done.values()].filter(({ body }) => body.case_key === ref).length;
  }
}

async function read(request, content) {
  const type = request.headers["content-type"] ?? "";
  const token = request.headers["x-csrftoken"];
  const heard = { path: request.url.slice(1), method: request.method, token, body: {} };
  if (type.includes("json")) return { ...heard, body: JSON.parse(content) };
  if (!type.includes("multipart")) return heard;
  const form = await new Response(content, { headers: { "content-type": type } }).formData();
  return { ...heard, body: Object.fromEntries(form) };
}

/** An officer's phone with an empty row of `account`. */
export async function phone(portal, account = "7") {
  const device = new Device();
  const store = await storeOf(account);
  const server = new Server(portal.root, device);
  return { device, store, server, queue: new Queue(store, server, new Delivery(store, server, device)) };
}

const opened = [];

/** Closed by `wipe`. */
export async function storeOf(account) {
  const store = await Store.of(account);
  opened.push(store);
  return store;
}

/** Everything on the phone is gone, and time goes on as it does. */
export async function wipe() {
  mock.timers.reset();
  for (const { database } of opened.splice(0)) database.close();
  for (const { name } of await indexedDB.databases()) await gone(name);
  localStorage.clear();
  navigator.onLine = true;
}

function gone(name) {
  return new Promise((done, failed) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = done;
    request.onblocked = () => failed(new Error(`${name} is still open`));
  });
}

let number = 0;

export function opening(note = "found") {
  const key = `case-${++number}`;
  return { key, kind: "open", case: null, case_key: key, title: note, body: { note } };
}

export function stepOf({ case_key }, note = "step", revision = 1) {
  return {
    key: `step-${++number}`,
    kind: "step",
    case_key,
    revision,
    title: note,
    body: { step: "decide", note },
  };
}

export function noteOf({ case_key }, note = "note") {
  return { key: `note-${++number}`, kind: "note", case_key, title: note, body: { note } };
}

export function photo(name = "photo.jpg", { size = 10, original = 0 } = {}) {
  return {
    key: `photo-${++number}`,
    original_key: `original-${number}`,
    name,
    small: new Blob([new Uint8Array(size)], { type: "image/jpeg" }),
    original: original ? new Blob([new Uint8Array(original)], { type: "image/jpeg" }) : null,
    kind: "audio_visual",
    title: "",
    is_sent: false,
  };
}
