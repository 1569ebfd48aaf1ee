// What is on this device: items that wait, those that need the officer, what was sent; and the device's settings.

import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { bytes, moment } from "../format.js";
import { rowOf } from "../queue/delivery.js";
import { waitingOthers } from "../storage/account.js";
import { fill, gettext, localized } from "../texts.js";
import { badge, button, field, select, thumbnail } from "./controls.js";
import { comparison, summary } from "./step_conflict.js";

export class DevicePage {
  constructor(app) {
    this.app = app;
  }

  async open(box) {
    this.box = box;
    this.renew = () => this.show();
    this.app.queue.addEventListener("change", this.renew);
    await this.show();
  }

  close() {
    this.isClosed = true;
    this.app.queue.removeEventListener("change", this.renew);
  }

  async show() {
    const { store } = this.app;
    const items = await store.items();
    const photos = await Promise.all(items.map(({ key }) => store.photos(key)));
    const sent = (await store.sentItems()).sort((a, b) => b.at.localeCompare(a.at));
    if (this.isClosed) return;
    const none = html`<li class="card">${gettext("Nothing waits to be sent.")}</li>`;
    render(
      html`<h1>${gettext("On this device")}</h1>
        <ul class="queue" id="queue">
          ${items.length ? items.map((item, index) => this.#item(item, items, photos[index])) : none}
        </ul>
        <section>${sent.length ? this.#sent(sent) : nothing}</section>
        ${this.#settings()}`,
      this.box,
    );
  }

  #item(item, items, photos) {
    const isOriginal = item.kind === "original";
    const sent = photos.map(({ small, original }) => (isOriginal ? original : small).size);
    const size = bytes(sent.reduce((sum, each) => sum + each, 0));
    const count = photos.length
      ? fill(gettext("files: %(count)s, %(size)s"), { count: photos.length, size })
      : "";
    return html`<li class="card item" data-state=${item.state}>
      ${photos.length ? thumbnail(photos[0]) : nothing}
      <b>${item.title}</b>
      <p class="note">${[moment(item.device_time), count].filter(Boolean).join(" · ")}</p>
      ${this.#outcome(item, items)}
    </li>`;
  }

  #outcome(item, items) {
    if (item.state === "conflict") return this.#conflict(item);
    return item.state === "refused" ? this.#refusal(item) : this.#wait(item, items);
  }

  #wait(item, items) {
    const { queue } = this.app;
    const isTried = Boolean(item.attempts);
    return html`<p>${badge(this.#waitText(item, items), "fair")}</p>
      ${item.problem && navigator.onLine ? html`<p class="note">${item.problem}</p>` : nothing}
      ${isTried ? button(gettext("Try now"), () => queue.resume(item), "plain") : nothing}
      ${isTried ? this.#deletion(item) : nothing}`;
  }

  #waitText(item, items) {
    const { signedOut, stranger } = this.app.queue;
    const before = items.find((other) => other.order < item.order && rowOf(other) === rowOf(item));
    const isOriginal = item.kind === "original" && !this.app.device.mayOriginals;
    if (isOriginal) return gettext("original, waits for Wi-Fi");
    if (signedOut || stranger) return gettext("waits for you to sign in");
    if (before && before.state !== "waiting") return gettext("waits for the one before it");
    return navigator.onLine ? gettext("waits to be sent") : gettext("waits for the network");
  }

  #refusal(item) {
    const reasons = item.refusals.length ? item.refusals.map(localized) : [item.problem];
    return html`<div class="problem" role="alert">${reasons.map((reason) => html`<p>${reason}</p>`)}</div>
      <div class="buttons">${this.#correction(item)} ${this.#deletion(item)}</div>`;
  }

  #correction(item) {
    if (!["open", "step"].includes(item.kind) || item.is_sent)
      return button(gettext("Try again"), () => this.app.queue.resume(item));
    return html`<a class="button" href="#edit/${item.key}">${gettext("Change it")}</a>`;
  }

  #deletion(item) {
    const question = gettext("“%(what)s” is on this device only. Delete it for good?");
    const remove = async () => {
      const { frame, queue } = this.app;
      if (await frame.ask(fill(question, { what: item.title }), gettext("Delete it")))
        await queue.discard(item);
    };
    return button(gettext("Delete"), remove, "plain");
  }

  #conflict(item) {
    const { queue, bundle } = this.app;
    const { case: now } = item.answer;
    const step = bundle.procedures[now.version]?.steps[item.body.step];
    const take = () => queue.resume(item, { revision: now.revision });
    const asNote = () => {
      const body = { note: summary(item, step), position: item.body.position };
      return queue.resume(item, { kind: "note", revision: undefined, body });
    };
    return html`<div class="problem" role="alert">${item.problem}</div>
      ${comparison(item, step)}
      <div class="buttons">
        ${button(gettext("Take my step on the case as it is now"), take)}
        ${button(gettext("Keep mine as a note only"), asNote, "plain")} ${this.#deletion(item)}
      </div>`;
  }

  #sent(entries) {
    const read = async () => {
      for (const { key } of entries) await this.app.store.removeSentItem(key);
      await this.show();
    };
    return html`<h2>${fill(gettext("Sent: %(count)s"), { count: entries.length })}</h2>
      <ul class="sent" id="sent">${entries.map(sentItem)}</ul>
      ${button(gettext("I have read this"), read, "plain")}`;
  }

  #settings() {
    const { installation, bundle } = this.app;
    const text = gettext(
      "Kept on this phone: what waits to be sent, until it is sent; cases you looked at, for %(days)s days or until you sign out. Photos and files are removed as soon as the portal has them.",
    );
    const offer = installation.offer
      ? button(gettext("Put it on the home screen"), () => installation.addToHomeScreen(), "plain")
      : nothing;
    const version = fill(gettext("Version %(version)s"), { version: document.body.dataset.version });
    return html`<h2>${gettext("This device")}</h2>
      ${this.#systemField()} ${this.#originalsField()} ${this.#others()}
      <p class="note">${fill(text, { days: bundle.keptDays })}</p>
      <div class="buttons"><a class="button plain" href=${document.body.dataset.help} target="_blank" rel="noopener">${gettext("Help")}</a> ${offer} ${button(gettext("Sign out"), () => this.app.signOut(), "plain")}</div>
      <p class="note">${version}</p>`;
  }

  #systemField() {
    const { device } = this.app;
    const systems = [
      ["wgs84", gettext("true positions")],
      ["gcj02", gettext("offset, GCJ-02")],
      ["bd09", gettext("offset, BD-09")],
    ];
    const choose = (code) => {
      device.system = code;
    };
    const hint = gettext(
      "Some phones give positions with the offset of commercial maps. The portal takes it back and keeps what the phone gave.",
    );
    const control = select("system", systems, device.system, choose);
    return field(gettext("My device's positions are"), "system", control, hint);
  }

  #originalsField() {
    const { device } = this.app;
    const times = [
      ["wifi", gettext("later, not over mobile data")],
      ["always", gettext("at once")],
    ];
    const choose = (code) => {
      device.originals = code;
    };
    const control = select("originals", times, device.originals, choose);
    return field(gettext("Large originals of photos are sent"), "originals", control);
  }

  #others() {
    const text = gettext(
      "%(count)s more on this device are %(who)s's; they are sent when %(who)s signs in here.",
    );
    return waitingOthers(this.app.store.account).map(
      ({ user = "?", waiting }) => html`<p class="card">${fill(text, { count: waiting, who: user })}</p>`,
    );
  }
}

function sentItem({ title, number, at, department, clock_off }) {
  const given = department
    ? fill(gettext("given to %(department)s"), { department: localized(department) })
    : "";
  const clock = clock_off ? gettext("sent with a wrong clock, noted in the log") : "";
  return html`<li><b>${title}</b> ${[number, moment(at), given, clock].filter(Boolean).join(" · ")}</li>`;
}
