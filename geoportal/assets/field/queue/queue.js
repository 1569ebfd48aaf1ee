// What waits on this device to be sent. An item leaves only when the portal has it, or when the officer says so.

import { noteAccount } from "../storage/store.js";
import { rowOf } from "./delivery.js";
import { NoOfficer, Overtaken, Refused, SignedOut } from "./server.js";

const FIRST_PAUSE = 5_000; // milliseconds
const LONGEST_PAUSE = 600_000;
const TOO_MANY = 3; // answers of a portal that is out of order, in a row

export class Queue extends EventTarget {
  #timer = 0;
  #run = null;
  #next = null;
  #isStopped = false;

  constructor(store, server, delivery) {
    super();
    this.store = store;
    this.server = server;
    this.delivery = delivery;
    this.signedOut = false;
    this.stranger = null;
    this.sending = false;
  }

  /** `localCase` is what the phone shows of a new case until the portal knows it. */
  async add(item, photos = [], localCase = null) {
    const fresh = {
      attempts: 0,
      next: 0,
      state: "waiting",
      problem: "",
      refusals: [],
      photos: photos.map((photo) => photo.key),
      device_time: new Date().toISOString(),
      ...item,
    };
    const whole = await this.store.add(fresh, photos, localCase);
    await this.#change();
    this.flush();
    return whole;
  }

  /** Puts a changed item back in the row. */
  async resume(item, changes = {}) {
    const fresh = { state: "waiting", problem: "", refusals: [], answer: null, attempts: 0, next: 0 };
    await this.store.save({ ...item, ...fresh, ...changes });
    await this.#change();
    this.flush({ now: true });
  }

  async discard(item) {
    await this.store.remove(item.key);
    if (item.kind === "open") {
      await this.store.removeCase(item.key);
      for (const other of await this.store.items())
        if (other.case_key === item.key) await this.store.remove(other.key);
    }
    await this.#change();
    this.flush();
  }

  async count() {
    return (await this.store.items()).length;
  }

  /** Sends what is due; `now` does not wait for the next attempt. Only one page of the phone sends at a time. */
  flush({ now = false } = {}) {
    if (this.#isStopped) return Promise.resolve();
    if (this.#run) {
      this.#next = { now: now || Boolean(this.#next?.now) };
      return this.#run;
    }
    this.#run = this.#locked(() => this.#flush(now)).finally(() => this.#finish());
    return this.#run;
  }

  /** Nothing is sent any more, and nothing is under way when this is done. */
  async stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#run;
  }

  async #locked(act) {
    if (!navigator.locks) return act();
    return navigator.locks.request("field-queue", { ifAvailable: true }, (lock) => lock && act());
  }

  async #finish() {
    this.#run = null;
    this.sending = false;
    const next = this.#next;
    this.#next = null;
    if (this.#isStopped) return;
    await this.#change();
    if (next) this.flush(next);
  }

  async #flush(now) {
    clearTimeout(this.#timer);
    if (!navigator.onLine) return;
    try {
      if (!(await this.#identify())) return;
      this.sending = (await this.count()) > 0;
      this.dispatchEvent(new Event("change"));
      await this.#sendAll(now);
    } catch (problem) {
      if (problem instanceof SignedOut) this.signedOut = true;
      else if (problem instanceof NoOfficer) this.stranger = problem.message;
      else this.#schedule(FIRST_PAUSE);
    }
    await this.#scheduleNext();
  }

  /** Whether the one who is signed in is the one whose queue this is; brings a fresh token. */
  async #identify() {
    const { account, user } = await this.server.token();
    this.signedOut = false;
    this.stranger = account === this.store.account ? null : user;
    return !this.stranger;
  }

  /** What is small first, of every case; then a large file, and before the next what came meanwhile. */
  async #sendAll(now) {
    const round = { now, held: new Set(), failures: 0 };
    let left = await this.#sendSmall(round);
    while (left && (await this.#attempt(left, round, { all: true })) !== "enough")
      left = await this.#sendSmall(round);
  }

  /** The first item of which only large files are left; what follows in its case waits for these. */
  async #sendSmall(round) {
    const behind = new Set();
    let first = null;
    for (const { key } of await this.store.items()) {
      const item = await this.store.item(key);
      if (!item || behind.has(rowOf(item)) || !this.delivery.mayGo(item)) continue;
      const outcome = await this.#attempt(item, round);
      if (outcome === "enough") return null;
      if (outcome !== "large") continue;
      behind.add(rowOf(item));
      first ??= item;
    }
    return first;
  }

  /** "sent", "large", "held", or "enough" for this round. */
  async #attempt(item, round, options) {
    if (this.#isStopped) return "enough";
    const mayGo = item.state === "waiting" && (round.now || isDue(item));
    if (!mayGo || round.held.has(rowOf(item))) {
      round.held.add(rowOf(item));
      return "held";
    }
    const outcome = await this.#deliver(item, options);
    round.failures = outcome === "failed" ? round.failures + 1 : 0;
    if (outcome === "unreachable" || round.failures >= TOO_MANY) return "enough";
    if (outcome !== "sent" && outcome !== "large") round.held.add(rowOf(item));
    return outcome;
  }

  async #deliver(item, options) {
    let outcome;
    try {
      outcome = await this.delivery.send(item, options);
    } catch (problem) {
      if (problem instanceof SignedOut || problem instanceof NoOfficer) throw problem;
      const fresh = await this.store.item(item.key);
      outcome = fresh ? await this.#note(fresh, problem) : "sent";
    }
    await this.#change();
    return outcome;
  }

  /** What went wrong stays with the item: for the officer to decide, or for the next attempt. */
  async #note(item, problem) {
    const { message, answer, refusals = [] } = problem;
    if (problem instanceof Overtaken) {
      await this.store.save({ ...item, state: "conflict", problem: message, answer });
      return "held";
    }
    if (problem instanceof Refused) {
      await this.store.save({ ...item, state: "refused", problem: message, refusals });
      return "held";
    }
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** item.attempts) * (0.5 + Math.random() / 2);
    const attempts = item.attempts + 1;
    await this.store.save({ ...item, attempts, next: Date.now() + pause, problem: message });
    return problem.reached ? "failed" : "unreachable";
  }

  async #scheduleNext() {
    const waiting = (await this.store.items()).filter((item) => item.state === "waiting" && item.next);
    if (waiting.length && !this.signedOut)
      this.#schedule(Math.max(1000, Math.min(...waiting.map((item) => item.next)) - Date.now()));
  }

  #schedule(pause) {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => this.flush(), Math.min(pause, LONGEST_PAUSE));
  }

  async #change() {
    noteAccount(this.store.account, { waiting: await this.count().catch(() => 0) });
    this.dispatchEvent(new Event("change"));
  }
}

/** Also where the clock was put back meanwhile. */
function isDue(item) {
  return item.next <= Date.now() || item.next > Date.now() + LONGEST_PAUSE;
}
