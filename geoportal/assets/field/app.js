// The officer's phone: puts its parts together and shows the page that the address names.

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { Device } from "./device/device.js";
import { Installation } from "./device/installation.js";
import { Position } from "./device/position.js";
import { CaseListPage } from "./pages/case_list_page.js";
import { CasePage } from "./pages/case_page.js";
import { problem } from "./pages/controls.js";
import { DevicePage } from "./pages/device_page.js";
import { Frame } from "./pages/frame.js";
import { LogPage } from "./pages/log_page.js";
import { keepMapAround } from "./pages/offline_map.js";
import { Delivery } from "./queue/delivery.js";
import { Queue } from "./queue/queue.js";
import { Server, SignedOut } from "./queue/server.js";
import {
  forgetCasesOfOthers,
  forgetPictures,
  identify,
  NobodyHere,
  waitingCount,
} from "./storage/account.js";
import { OfflineBundle } from "./storage/offline_bundle.js";
import { Store } from "./storage/store.js";
import { fill, gettext, loadTexts } from "./texts.js";

const addresses = document.body.dataset;
const MIDDLE = { lon: 121.85, lat: 29.9 };

class App {
  constructor() {
    this.device = new Device();
    this.position = new Position(this.device);
    this.server = new Server(addresses.api, this.device);
    this.installation = new Installation(addresses.worker, addresses.scope);
    this.mapLoading = new AbortController();
    this.main = document.getElementById("content");
    this.frame = new Frame(this, addresses);
  }

  async start() {
    await loadTexts(this.server.client, addresses.words);
    document.title = gettext("Field work");
    this.installation.addEventListener("change", () => this.drawFrame());
    this.installation.register().catch((cause) => this.#warn(cause));
    navigator.storage?.persist?.();
    if (!(await this.#open())) return;
    this.queue.addEventListener("change", () => this.#queueChanged());
    window.addEventListener("hashchange", () => this.show());
    window.addEventListener("online", () => this.#synchronize());
    window.addEventListener("offline", () => this.drawFrame());
    document.addEventListener("visibilitychange", () => document.hidden || this.#synchronize());
    this.#watchPosition();
    await this.show();
    this.#synchronize();
  }

  /** What is kept of the account whose phone this is; false where it is nobody's. */
  async #open() {
    let account;
    try {
      account = await identify(this.server, this.device);
    } catch (cause) {
      if (!(cause instanceof NobodyHere)) throw cause;
      return this.#showOnly(cause.message);
    }
    if (!account)
      return this.#showOnly(gettext("Sign in with a network once; afterwards these pages work without."));
    this.store = await Store.of(account.account);
    this.queue = new Queue(this.store, this.server, new Delivery(this.store, this.server, this.device));
    this.queue.signedOut = account.signedOut;
    this.bundle = new OfflineBundle(this.store, this.server, this.device);
    await this.bundle.load();
    if (!this.bundle.kit && !account.signedOut) await this.#fetchKit();
    return true;
  }

  get isCut() {
    return !navigator.onLine || this.queue.signedOut || Boolean(this.queue.stranger);
  }

  async #fetchKit() {
    try {
      await this.bundle.fetchKit();
    } catch (cause) {
      if (cause instanceof SignedOut) this.queue.signedOut = true;
    }
  }

  /** Also who signs out in another window, or whose session ends, is signed out here. */
  async #queueChanged() {
    const isAway = Boolean(this.queue.signedOut || this.queue.stranger);
    if (isAway && !this.isAway) await forgetCasesOfOthers();
    this.isAway = isAway;
    this.drawFrame();
  }

  /** The network is back, the page is looked at again, or it was just opened. */
  async #synchronize() {
    this.installation.checkForUpdate();
    await this.queue.flush({ now: true });
    if (this.isCut) return;
    await this.#fetchKit();
    await this.refresh();
  }

  /** Fetches the lists anew; what is kept stays where that fails. */
  async refresh() {
    if (this.isCut) return;
    const isNew = await this.bundle.fetchLists(this.position.value).catch(() => false);
    if (isNew && this.page instanceof CaseListPage) await this.page.show();
  }

  /** With the first position the map around it is kept, and lists are those of here. */
  #watchPosition() {
    const keep = () => {
      if (!this.position.here || !navigator.onLine) return;
      this.position.removeEventListener("change", keep);
      keepMapAround(this.position.here, this.server.client, this.mapLoading.signal);
      this.bundle.expire();
      this.refresh();
    };
    this.position.addEventListener("change", keep);
    this.position.watch();
  }

  /** Where a map without anything to show is opened. */
  get startPosition() {
    const box = this.bundle.kit?.extent;
    const middle = box && { lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 };
    return this.position.last ?? middle ?? MIDDLE;
  }

  go(hash) {
    if (location.hash === `#${hash}`) this.show();
    else location.hash = hash;
  }

  async show() {
    const turn = Symbol("the newest wins");
    this.turn = turn;
    const [route, ...rest] = location.hash.slice(1).split("/");
    const page = await this.#page(route, rest.map(decodeURIComponent));
    if (turn !== this.turn) return;
    this.page?.close();
    this.page = page;
    this.route = route || "log";
    const box = document.createElement("div");
    box.className = "page";
    this.main.replaceChildren(box);
    this.drawFrame();
    window.scrollTo(0, 0);
    await page.open(box);
  }

  async #page(route, [ref = "", code = ""]) {
    if (route === "cases") return new CaseListPage(this, ref);
    if (route === "device") return new DevicePage(this);
    if (route === "case" || route === "step") return this.#casePage(ref, route === "step" ? code : "");
    const item = route === "edit" ? await this.store.item(ref) : null;
    if (item?.kind === "step")
      return this.#casePage(item.case_key ?? String(item.case), item.body.step, item);
    return new LogPage(this, item?.kind === "open" ? item : null);
  }

  async #casePage(ref, code, item = null) {
    const page = new CasePage(this, ref, code, item);
    await page.load();
    return page;
  }

  /** The worker changes when nothing is asked of the old one any more. */
  replaceVersion() {
    this.mapLoading.abort();
    this.page?.close();
    this.main.replaceChildren();
    this.installation.replace();
  }

  drawFrame() {
    return this.queue && this.frame.draw();
  }

  /** What is personal on this phone goes with the account; what was never sent only when the officer says so. */
  async signOut() {
    await this.queue.flush({ now: true });
    const left = await this.queue.count();
    if (left) {
      const text = gettext("Never sent, on this device only: %(count)s. Signing out deletes it for good.");
      if (!(await this.frame.ask(fill(text, { count: left }), gettext("Delete and sign out")))) return;
    }
    await this.queue.stop();
    this.page?.close();
    await this.store.destroy();
    this.device.last = null;
    this.position.forget();
    await forgetPictures();
    await this.server.signOut(addresses.signOut);
    location.href = addresses.home;
  }

  #showOnly(text) {
    const count = waitingCount();
    const waiting = fill(gettext("%(count)s on this device"), { count });
    const page = html`<div class="page">
      <h1>${gettext("Field work")}</h1>
      <p class="card">${text}</p>
      ${this.frame.signIn()} ${count ? html`<p class="note">${waiting}</p>` : nothing}
    </div>`;
    this.main.replaceChildren();
    render(page, this.main);
    return false;
  }

  #warn({ message }) {
    const text = gettext("This browser cannot keep these pages for when there is no network: %(why)s");
    const box = document.createElement("div");
    render(problem(fill(text, { why: message })), box);
    this.main.prepend(box);
  }
}

window.addEventListener("unhandledrejection", ({ reason }) => {
  const text = gettext("Something on this device went wrong; what you entered is kept. %(why)s");
  const box = document.createElement("div");
  render(problem(fill(text, { why: reason?.message ?? reason })), box);
  document.getElementById("notices").after(box);
});
await new App().start();
