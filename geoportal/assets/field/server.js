// Questions to the portal; every failure is of a kind that the queue can act on, with a sentence for the officer.

import { gettext } from "./words.js";

const PATIENCE = 20_000; // milliseconds
const PATIENCE_FOR_FILES = 180_000;
const SLOW = 50; // bytes in a millisecond: what a poor network still carries

/** No network, no answer in time, or the portal is out of order: later. */
export class Later extends Error {
  constructor(message, { reached = false } = {}) {
    super(message);
    this.reached = reached;
  }
}
export class SignedOut extends Error {}
export class NoOfficer extends Error {}
/** What was sent is wrong or against a rule: it stays on the device to be changed. */
export class Refused extends Error {
  constructor(message, refusals = []) {
    super(message);
    this.refusals = refusals;
  }
}
export class Overtaken extends Error {
  constructor(message, answer) {
    super(message);
    this.answer = answer;
  }
}

export class Server {
  constructor(root, device) {
    this.root = root;
    this.device = device;
    this.csrf = "";
  }

  /** Who is signed in, with a fresh CSRF token; compares the clocks. */
  async token() {
    const asked = Date.now();
    const told = await this.get("token/");
    this.device.compare(told.now, asked, Date.now());
    this.csrf = told.csrf;
    return told;
  }

  get(path) {
    return this.#ask(path, { method: "GET" }, PATIENCE);
  }

  post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return this.#post(path, { headers, body: JSON.stringify(body) }, PATIENCE);
  }

  sendFile(path, fields, blob, name) {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields))
      if (value !== null && value !== undefined && value !== "")
        form.set(key, typeof value === "object" ? JSON.stringify(value) : String(value));
    form.set("file", blob, name);
    return this.#post(path, { body: form }, PATIENCE_FOR_FILES + blob.size / SLOW);
  }

  async #post(path, { headers = {}, body }, patience) {
    const attempt = () =>
      this.#ask(path, { method: "POST", headers: { ...headers, "X-CSRFToken": this.csrf }, body }, patience);
    try {
      return await attempt();
    } catch (problem) {
      if (!(problem instanceof StaleToken)) throw problem;
      await this.token();
      return attempt();
    }
  }

  async #ask(path, options, patience) {
    const unreachable = gettext("The portal cannot be reached; it will be tried again.");
    let response;
    try {
      response = await fetch(this.root + path, {
        ...options,
        headers: { Accept: "application/json", ...options.headers },
        credentials: "same-origin",
        redirect: "error",
        signal: AbortSignal.timeout(patience),
      });
    } catch {
      throw new Later(unreachable);
    }
    const body = await response.json().catch(() => null);
    if (response.ok && body) return body;
    throw failure(response.status, body, options.method);
  }
}

class StaleToken extends Error {}

function failure(status, body, method) {
  const said = body?.error;
  if (status === 401) return new SignedOut(said);
  if (status === 403 && body) return new NoOfficer(said);
  if (status === 403 && method === "POST") return new StaleToken();
  if (status === 409) return new Overtaken(said, body);
  if (status >= 400 && status < 500 && ![408, 425, 429].includes(status))
    return new Refused(said ?? gettext("The portal refused what was sent."), body?.refusals);
  return new Later(said ?? gettext("The portal is out of order; it will be tried again."), { reached: true });
}
