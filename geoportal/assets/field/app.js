// The officer's phone: who is at it, what is kept, which page is shown. Works from what is kept when there is no network.

import { element } from "../html/element.js";
import { CaseListPage } from "./case_list_page.js";
import { CasePage } from "./case_page.js";
import { Delivery } from "./delivery.js";
import { Device } from "./device.js";
import { DevicePage } from "./device_page.js";
import { Frame } from "./frame.js";
import { Installation } from "./installation.js";
import { LogPage } from "./log_page.js";
import { keepMapAround } from "./offline_map.js";
import { Position } from "./position.js";
import { Queue } from "./queue.js";
import { NoOfficer, Server, SignedOut } from "./server.js";
import { accounts, forgetOthers, noteAccount, Store } from "./store.js";
import { fill, gettext, loadTexts } from "./words.js";

const addresses = document.body.dataset;
const DAY = 86_400_000;
const MIDDLE = { lon: 121.85, lat: 29.9 };
const PHOTOS = "field-photos"; // what the worker keeps of cases
const FRESH = 30_000; // milliseconds for which fetched lists are fresh enough

class App {
  constructor() {
    this.device = new Device();
    this.position = new Position(this.device);
    this.server = new Server(addresses.api, this.device);
    this.installation = new Installation(addresses.worker, addresses.scope);
    this.procedures = {};
    this.keeping = new AbortController();
    this.keptDays = 7;
    this.main = document.getElementById("content");
    this.around = new Frame(this, addresses);
  }

  async begin() {
    await loadTexts(this.server.client, addresses.words);
    document.title = gettext("Field work");
    this.installation.addEventListener("change", () => this.frame());
    this.installation.begin().catch((problem) => this.fail(problem));
    navigator.storage?.persist?.();
    if (!(await this.#who())) return;
    await this.#load();
    this.queue.addEventListener("change", () => this.#queueChanged());
    window.addEventListener("hashchange", () => this.show());
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("offline", () => this.frame());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
    this.#watchPosition();
    await this.show();
    this.#wake();
  }

  /** Whose phone this is now: who is signed in, or without an answer who was here last. */
  async #who() {
    let told = null;
    try {
      told = await this.server.token();
      if (this.device.last?.account !== told.account) await this.#forgetOthers(told.account);
      this.device.last = { account: told.account, user: told.user, officer: told.officer };
    } catch (problem) {
      if (problem instanceof NoOfficer) {
        await this.#forgetOthers();
        return this.#sayOnly(problem.message);
      }
      this.signedOut = problem instanceof SignedOut;
    }
    const last = this.device.last;
    if (!last)
      return this.#sayOnly(gettext("Sign in with a network once; afterwards these pages work without."));
    noteAccount(last.account, { user: last.officer });
    this.store = await Store.of(last.account);
    this.queue = new Queue(this.store, this.server, new Delivery(this.store, this.server, this.device));
    this.queue.signedOut = Boolean(this.signedOut);
    if (this.signedOut) await this.#forgetOthers();
    return true;
  }

  /** What the portal told others than `account` leaves this phone, pictures included; what they never sent stays. */
  async #forgetOthers(account = "") {
    await globalThis.caches?.delete(PHOTOS);
    await forgetOthers(account);
  }

  /** Also who signs out in another window, or whose session ends, is signed out here. */
  async #queueChanged() {
    const isAway = Boolean(this.queue.signedOut || this.queue.stranger);
    if (isAway && !this.isAway) await this.#forgetOthers();
    this.isAway = isAway;
    this.frame();
  }

  async #load() {
    this.kit = await this.store.kept("kit");
    const lists = await this.store.kept("lists");
    this.keptDays = this.kit?.kept_days ?? 7;
    if (
      lists &&
      Date.now() - Date.parse(lists.at) > this.keptDays * DAY + Math.abs(this.device.clockOff) * 1000
    )
      await this.store.forgetTold();
    this.procedures = { ...this.kit?.procedures, ...(await this.store.kept("procedures")) };
    if (!this.kit && !this.signedOut) await this.#fetchKit();
  }

  async #fetchKit() {
    try {
      this.kit = await this.server.get("kit/");
      this.keptDays = this.kit.kept_days;
      this.procedures = { ...this.procedures, ...this.kit.procedures };
      await this.store.keep("kit", this.kit);
    } catch (problem) {
      if (problem instanceof SignedOut) this.queue.signedOut = true;
    }
  }

  async addProcedures(more) {
    this.procedures = { ...this.procedures, ...more };
    await this.store.keep("procedures", { ...(await this.store.kept("procedures")), ...more });
  }

  /** The network is back, the page is looked at again, or it was just opened. */
  async #wake() {
    this.installation.checkForUpdate();
    await this.queue.flush({ now: true });
    if (!navigator.onLine || this.queue.signedOut || this.queue.stranger) return;
    await this.#fetchKit();
    await this.refresh();
  }

  /** Fetches the lists anew; what is kept stays where that fails. */
  async refresh() {
    if (!navigator.onLine || this.queue.signedOut || this.queue.stranger) return;
    if (this.fetched && performance.now() - this.fetched < FRESH && !this.stale) return;
    const here = this.position.value;
    const words = here ? new URLSearchParams({ lon: here.lon, lat: here.lat, system: here.system }) : "";
    const told = await this.server.get(`cases/?${words}`).catch(() => null);
    if (!told) return;
    this.fetched = performance.now();
    this.stale = false;
    await this.store.replaceCases(told.cases);
    await this.store.keep("lists", { at: told.at, lists: told.lists, counts: told.counts });
    await this.addProcedures(told.procedures);
    for (const photo of told.cases.flatMap((known) => known.photos.slice(0, 1)))
      this.server.client.blob(photo.url).catch(() => null); // the worker keeps it
    if (this.page instanceof CaseListPage) await this.page.show();
  }

  #watchPosition() {
    const keep = () => {
      if (!this.position.here || !navigator.onLine) return;
      this.position.removeEventListener("change", keep);
      keepMapAround(this.position.here, this.server.client, this.keeping.signal);
      this.stale = true;
      this.refresh();
    };
    this.position.addEventListener("change", keep);
    this.position.watch();
  }

  async start() {
    const box = this.kit?.extent;
    const middle = box && { lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 };
    return this.position.last ?? middle ?? MIDDLE;
  }

  go(hash) {
    if (location.hash === `#${hash}`) this.show();
    else location.hash = hash;
  }

  async show() {
    this.turn = (this.turn ?? 0) + 1;
    const { turn } = this;
    const [name, ...rest] = location.hash.slice(1).split("/");
    const page = await this.#page(name, rest.map(decodeURIComponent));
    if (turn !== this.turn) return;
    this.page?.close();
    this.page = page;
    this.name = name || "log";
    const box = element("div", { class: "page" }, element("h1", {}, page.title));
    this.main.replaceChildren(box);
    this.frame();
    window.scrollTo(0, 0);
    await page.open(box);
  }

  async #page(name, [ref = "", code = ""]) {
    if (name === "cases") return new CaseListPage(this, ref);
    if (name === "device") return new DevicePage(this);
    if (name === "case" || name === "step") {
      const page = new CasePage(this, ref, name === "step" ? code : "");
      await page.load();
      return page;
    }
    const item = name === "edit" ? await this.store.item(ref) : null;
    if (item?.kind === "step") {
      const page = new CasePage(this, item.case_key ?? String(item.case), item.body.step, item);
      await page.load();
      return page;
    }
    return new LogPage(this, item?.kind === "open" ? item : null);
  }

  /** The worker changes when nothing is asked of the old one any more. */
  takeOver() {
    this.keeping.abort();
    this.page?.close();
    this.main.replaceChildren();
    this.installation.takeOver();
  }

  frame() {
    return this.queue && this.around.draw();
  }

  /** What is personal on this phone goes with the account; what was never sent only when the officer says so. */
  async signOut() {
    await this.queue.flush({ now: true });
    const left = await this.queue.count();
    if (left) {
      const text = gettext("Never sent, on this device only: %(count)s. Signing out deletes it for good.");
      if (!(await this.around.ask(fill(text, { count: left }), gettext("Delete and sign out")))) return;
    }
    await this.queue.stop();
    this.page?.close();
    await this.store.destroy();
    this.device.last = null;
    this.position.forget();
    await globalThis.caches?.delete(PHOTOS);
    await this.server.signOut(addresses.signOut);
    location.href = addresses.home;
  }

  #sayOnly(text) {
    const signIn = element(
      "a",
      { class: "button", href: `${addresses.signIn}?next=${addresses.scope}` },
      gettext("Sign in"),
    );
    this.main.replaceChildren(
      element(
        "div",
        { class: "page" },
        element("h1", {}, gettext("Field work")),
        element("p", { class: "card" }, text),
        signIn,
      ),
    );
    const waiting = Object.values(accounts()).reduce((sum, { waiting: count = 0 }) => sum + count, 0);
    if (waiting)
      this.main.firstChild.append(
        element("p", { class: "note" }, fill(gettext("%(count)s on this device"), { count: waiting })),
      );
    return false;
  }

  fail(problem) {
    const text = gettext("This browser cannot keep these pages for when there is no network: %(why)s");
    this.main.prepend(
      element("p", { class: "problem", role: "alert" }, fill(text, { why: problem.message })),
    );
  }
}

const app = new App();
window.addEventListener("unhandledrejection", ({ reason }) => {
  const said = gettext("Something on this device went wrong; what you entered is kept. %(why)s");
  document
    .getElementById("notices")
    .append(
      element("p", { class: "problem", role: "alert" }, fill(said, { why: reason?.message ?? reason })),
    );
});
await app.begin();
