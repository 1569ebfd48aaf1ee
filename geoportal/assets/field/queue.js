// What waits on this device to be sent. An item leaves only when the portal has it, or when the officer says so.

import { NoOfficer, Overtaken, Refused, SignedOut } from "./server.js";
import { noteAccount } from "./store.js";

const FIRST_WAIT = 5_000; // milliseconds
const LONGEST_WAIT = 600_000;
const TOO_MANY = 3; // answers of a portal that is out of order, in a row
const LARGE = 4_000_000; // bytes; what is larger waits until everything small is sent

export class Queue extends EventTarget {
  #timer = 0;
  #under = null;
  #again = null;

  constructor(store, server, device) {
    super();
    this.store = store;
    this.server = server;
    this.device = device;
    this.signedOut = false;
    this.stranger = null;
    this.sending = false;
  }

  async add(item, photos = []) {
    const whole = {
      attempts: 0,
      next: 0,
      state: "waiting",
      problem: "",
      refusals: [],
      photos: photos.map((photo) => photo.key),
      order: Date.now() + Math.random(),
      said_at: new Date().toISOString(),
      ...item,
    };
    await this.store.add(whole, photos);
    await this.#changed();
    this.flush();
    return whole;
  }

  /** Put a changed item back in the row. */
  async again(item, changes = {}) {
    const fresh = { state: "waiting", problem: "", refusals: [], answer: null, attempts: 0, next: 0 };
    await this.store.save({ ...item, ...fresh, ...changes });
    await this.#changed();
    this.flush({ now: true });
  }

  async discard(item) {
    await this.store.remove(item.key);
    if (item.kind === "open") {
      await this.store.removeCase(item.key);
      for (const other of await this.store.items())
        if (other.case_key === item.key) await this.store.remove(other.key);
    }
    await this.#changed();
    this.flush();
  }

  /** Sends what is due; ``now`` does not wait for the next attempt. Only one page of the phone sends at a time. */
  flush({ now = false } = {}) {
    if (this.#under) {
      this.#again = { now: now || Boolean(this.#again?.now) };
      return this.#under;
    }
    const run = () => this.#run(now);
    const locked = navigator.locks
      ? navigator.locks.request("field-queue", { ifAvailable: true }, (lock) => lock && run())
      : run();
    this.#under = Promise.resolve(locked).finally(() => {
      this.#under = null;
      this.sending = false;
      this.#changed();
      const again = this.#again;
      this.#again = null;
      if (again) this.flush(again);
    });
    return this.#under;
  }

  async #run(now) {
    clearTimeout(this.#timer);
    if (!navigator.onLine) return;
    try {
      if (!(await this.#known())) return;
      this.sending = (await this.count()) > 0;
      this.#tell();
      await this.#sendAll(now);
    } catch (problem) {
      if (problem instanceof SignedOut) this.signedOut = true;
      else if (problem instanceof NoOfficer) this.stranger = problem.message;
      else this.#later(FIRST_WAIT);
    }
    await this.#plan();
  }

  /** Whether the one who is signed in is the one whose queue this is; brings a fresh token. */
  async #known() {
    const told = await this.server.token();
    this.signedOut = false;
    this.stranger = told.account === this.store.account ? null : told.user;
    return !this.stranger;
  }

  /** What is small first, of every case; then a large file, and before the next what came meanwhile. */
  async #sendAll(now) {
    const run = { now, held: new Set(), failures: 0 };
    let left = await this.#sendSmall(run);
    while (left && (await this.#attempt(left, run, { all: true })) !== "enough")
      left = await this.#sendSmall(run);
  }

  /** The first item of which only large files are left; what follows in its case waits for these. */
  async #sendSmall(run) {
    const behind = new Set();
    let first = null;
    for (const { key } of await this.store.items()) {
      const item = await this.store.item(key);
      if (!item || behind.has(caseOf(item))) continue;
      const outcome = await this.#attempt(item, run);
      if (outcome === "enough") return null;
      if (outcome !== "large") continue;
      behind.add(caseOf(item));
      first ??= item;
    }
    return first;
  }

  async #attempt(item, run, what) {
    const whose = caseOf(item);
    const isDue = run.now || item.next <= Date.now() || item.next > Date.now() + LONGEST_WAIT;
    if (item.state !== "waiting" || !isDue || run.held.has(whose)) {
      run.held.add(whose);
      return "held";
    }
    const outcome = await this.#try(item, what);
    run.failures = outcome === "failed" ? run.failures + 1 : 0;
    if (outcome === "unreachable" || run.failures >= TOO_MANY) return "enough";
    if (outcome !== "sent" && outcome !== "large") run.held.add(whose);
    return outcome;
  }

  async #try(item, what) {
    try {
      return await this.#send(item, what);
    } catch (problem) {
      const fresh = await this.store.item(item.key);
      if (!fresh) return "sent";
      if (problem instanceof SignedOut || problem instanceof NoOfficer) throw problem;
      if (problem instanceof Overtaken)
        await this.store.save({
          ...fresh,
          state: "conflict",
          problem: problem.message,
          answer: problem.answer,
        });
      else if (problem instanceof Refused)
        await this.store.save({
          ...fresh,
          state: "refused",
          problem: problem.message,
          refusals: problem.refusals ?? [],
        });
      else return this.#postpone(fresh, problem);
      await this.#changed();
      return "held";
    }
  }

  async #postpone(item, problem) {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** item.attempts) * (0.5 + Math.random() / 2);
    await this.store.save({
      ...item,
      attempts: item.attempts + 1,
      next: Date.now() + wait,
      problem: problem.message,
    });
    await this.#changed();
    return problem.reached ? "failed" : "unreachable";
  }

  /** Photos go before a step, which may need them, and after what opens a case; large files only with `all`. */
  async #send(item, { all = false } = {}) {
    if (item.kind === "step" && !(await this.#sendPhotos(item, all))) return "large";
    if (item.kind !== "evidence" && !item.is_sent) await this.#sendBody(item);
    if (item.kind !== "step" && !(await this.#sendPhotos(item, all))) return "large";
    const done = (await this.store.item(item.key)) ?? item;
    await this.store.saveSent({
      key: done.key,
      kind: done.kind,
      title: done.title,
      number: done.number ?? "",
      at: new Date().toISOString(),
      clock_off: this.device.clockIsWrong ? this.device.clockOff : 0,
      department: done.department ?? null,
    });
    await this.store.remove(done.key);
    await this.#changed();
    return "sent";
  }

  async #sendBody(item) {
    const paths = { open: "cases/", step: "steps/", note: "notes/" };
    const fresh = (await this.store.item(item.key)) ?? item;
    const answer = await this.server.post(paths[item.kind], { ...this.#address(fresh), ...fresh.body });
    await this.#learn(answer, fresh);
    const known = await this.store.item(item.key);
    await this.store.save({
      ...known,
      is_sent: true,
      number: answer.case.number,
      department: answer.case.own === false ? answer.case.department : null,
    });
  }

  /** Whether nothing is left; without `all` large files are. */
  async #sendPhotos(item, all) {
    let isDone = true;
    for (const photo of await this.store.photos(item.key)) {
      const fields = {
        ...this.#address(item),
        key: photo.key,
        position: photo.position,
        taken: photo.taken,
        heading: photo.heading,
        device: this.device.name,
        kind: photo.kind,
        title: photo.title,
        said_at: photo.said_at,
      };
      const original = this.device.mayOriginals ? photo.original : null;
      const isLater = (blob) => !all && blob?.size > LARGE;
      if (!photo.is_sent && isLater(photo.small)) {
        isDone = false;
        continue;
      }
      if (!photo.is_sent) {
        const answer = await this.server.postFile("evidence/", fields, photo.small, photo.name);
        await this.#learn(answer, item);
        await this.store.savePhoto({ ...photo, is_sent: true });
      }
      if (isLater(original)) {
        isDone = false;
        continue;
      }
      if (original) {
        const about = {
          ...fields,
          key: photo.original_key,
          of: photo.key,
          title: photo.title || photo.name,
        };
        await this.#learn(await this.server.postFile("evidence/", about, original, photo.name), item);
      }
      await this.store.removePhoto(photo.key);
    }
    return isDone;
  }

  #address(item) {
    const whose =
      item.kind === "open" ? { case_key: item.key } : { case: item.case, case_key: item.case_key };
    return {
      ...whose,
      key: item.key,
      said_at: item.said_at,
      clock_off: this.device.clockOff,
      ...(item.kind === "step" ? { revision: item.revision } : {}),
    };
  }

  /** The own act changed the case: who knew it as it was before knows it as it is now. */
  async #learn(answer, item) {
    for (const other of await this.store.items())
      if (caseOf(other) === caseOf(item) && other.revision === answer.was)
        await this.store.save({ ...other, revision: answer.revision });
    if (answer.case.id) {
      await this.store.removeCase(answer.case.key ?? "");
      await this.store.saveCase({ ...answer.case, told_at: new Date().toISOString() });
    } else if (item.kind === "open") await this.store.removeCase(item.key);
  }

  async #plan() {
    const waiting = (await this.store.items()).filter((item) => item.state === "waiting" && item.next);
    if (waiting.length && !this.signedOut)
      this.#later(Math.max(1000, Math.min(...waiting.map((item) => item.next)) - Date.now()));
  }

  #later(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), Math.min(wait, LONGEST_WAIT));
  }

  async count() {
    return (await this.store.items()).length;
  }

  async #changed() {
    noteAccount(this.store.account, { waiting: await this.count().catch(() => 0) });
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  stop() {
    clearTimeout(this.#timer);
  }
}

/** Items of one case are sent in their order. */
export function caseOf(item) {
  return item.kind === "open" ? item.key : (item.case_key ?? String(item.case));
}
