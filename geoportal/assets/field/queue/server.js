// Questions to the portal; every failure is of a kind that the queue can act on, with a sentence for the officer.

import { HttpClient } from "../../http/client.js";
import { gettext } from "../texts.js";

const FILE_TIMEOUT = 180_000; // milliseconds
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
    this.client = new HttpClient({
      unreachable: () => gettext("The portal cannot be reached; it will be tried again."),
      failed: () => gettext("The portal is out of order; it will be tried again."),
    });
  }

  /** Who is signed in, with a fresh CSRF token; compares the clocks. */
  async token() {
    const asked = Date.now();
    const token = await this.get("token/");
    this.device.compare(token.now, asked, Date.now());
    this.client.csrf = token.csrf;
    return token;
  }

  async get(path) {
    try {
      return await this.client.get(this.root + path);
    } catch (problem) {
      throw outcome(problem);
    }
  }

  post(path, value) {
    return this.#post(() => this.client.post(this.root + path, value));
  }

  postFile(path, fields, blob, name) {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields))
      if (value !== null && value !== undefined && value !== "")
        form.set(key, typeof value === "object" ? JSON.stringify(value) : String(value));
    form.set("file", blob, name);
    const timeout = FILE_TIMEOUT + blob.size / SLOW;
    return this.#post(() => this.client.postForm(this.root + path, form, { timeout }));
  }

  /** Where the portal answers with a redirect nothing is to be read; without a network the session ends by itself. */
  async signOut(address) {
    await this.client.post(address, {}).catch(() => null);
  }

  /** A token that ran out is asked for anew, once. */
  async #post(send) {
    try {
      return await send();
    } catch (problem) {
      if (!isStaleToken(problem)) throw outcome(problem);
    }
    await this.token();
    try {
      return await send();
    } catch (problem) {
      throw outcome(problem);
    }
  }
}

/** The portal says so of a token; where it refuses a right it says who may. */
function isStaleToken({ status, body }) {
  return status === 403 && (!body || body.stale);
}

function outcome(problem) {
  const { message, status, body } = problem;
  if (status === 401) return new SignedOut(message);
  if (status === 403 && !isStaleToken(problem)) return new NoOfficer(message);
  if (status === 409) return new Overtaken(message, body);
  if (status >= 400 && status < 500 && ![403, 408, 425, 429].includes(status))
    return new Refused(body?.error ?? gettext("The portal refused what was sent."), body?.refusals);
  return new Later(message, { reached: status > 0 });
}
