// What is on this device: items that wait, those that need the officer, what was sent; and the device's settings.

import { element } from "../html/element.js";
import { happened } from "./case_page.js";
import { caseOf } from "./delivery.js";
import { badge, button, choice, field, thumbnail } from "./parts.js";
import { accounts } from "./store.js";
import { bytes, fill, gettext, moment, pick } from "./words.js";

export class DevicePage {
  constructor(app) {
    this.app = app;
  }

  get title() {
    return gettext("On this device");
  }

  async open(box) {
    this.items = element("ul", { class: "queue", id: "queue" });
    this.sent = element("section", {});
    box.append(this.items, this.sent, ...this.#settings());
    this.renew = () => this.show();
    this.app.queue.addEventListener("change", this.renew);
    await this.show();
  }

  close() {
    this.closed = true;
    this.app.queue.removeEventListener("change", this.renew);
  }

  async show() {
    const items = await this.app.store.items();
    const shown = await Promise.all(items.map((item) => this.#item(item, items)));
    const sent = (await this.app.store.sent()).sort((a, b) => b.at.localeCompare(a.at));
    if (this.closed) return;
    this.items.replaceChildren(...shown);
    if (!items.length)
      this.items.append(element("li", { class: "card" }, gettext("Nothing waits to be sent.")));
    this.sent.replaceChildren(...this.#sentList(sent));
  }

  async #item(item, items) {
    const photos = await this.app.store.photos(item.key);
    const size = bytes(photos.reduce((sum, { small }) => sum + small.size, 0));
    const count = photos.length
      ? fill(gettext("files: %(count)s, %(size)s"), { count: photos.length, size })
      : "";
    const node = element(
      "li",
      { class: "card item", "data-state": item.state },
      photos[0] ? thumbnail(photos[0]) : "",
      element("b", {}, item.title),
      element("p", { class: "note" }, [moment(item.said_at), count].filter(Boolean).join(" · ")),
    );
    if (item.state === "conflict") node.append(...this.#conflict(item));
    else if (item.state === "refused") node.append(...this.#refused(item));
    else node.append(...this.#waiting(item, items));
    return node;
  }

  #waiting(item, items) {
    const before = items.find((other) => other.order < item.order && caseOf(other) === caseOf(item));
    const { signedOut, stranger } = this.app.queue;
    let text = navigator.onLine ? gettext("waits to be sent") : gettext("waits for the network");
    if (signedOut || stranger) text = gettext("waits for you to sign in");
    else if (before && before.state !== "waiting") text = gettext("waits for the one before it");
    const parts = [element("p", {}, badge(text, "fair"))];
    if (item.problem && navigator.onLine) parts.push(element("p", { class: "note" }, item.problem));
    if (item.attempts)
      parts.push(
        button(gettext("Try now"), () => this.app.queue.resume(item), "plain"),
        this.#discard(item),
      );
    return parts;
  }

  #refused(item) {
    const reasons = item.refusals.length ? item.refusals.map(pick) : [item.problem];
    return [
      element(
        "div",
        { class: "problem", role: "alert" },
        reasons.map((reason) => element("p", {}, reason)),
      ),
      element("div", { class: "pair" }, this.#change(item), this.#discard(item)),
    ];
  }

  #change(item) {
    if (item.kind === "evidence" || item.kind === "note" || item.is_sent)
      return button(gettext("Try again"), () => this.app.queue.resume(item));
    return element("a", { class: "button", href: `#edit/${item.key}` }, gettext("Change it"));
  }

  #discard(item) {
    const really = fill(gettext("“%(what)s” is on this device only. Delete it for good?"), {
      what: item.title,
    });
    const remove = () =>
      this.app.around.ask(really, gettext("Delete it")).then((yes) => yes && this.app.queue.discard(item));
    return button(gettext("Delete"), remove, "plain");
  }

  /** Both versions side by side: what the officer entered on what they saw, and the case as it is now. */
  #conflict(item) {
    const { case: now, since } = item.answer;
    const step = this.app.procedures[now.version]?.steps[item.body.step];
    const told = Object.entries(item.body.fields ?? {}).map(([name, value]) => {
      const asked = step?.fields.find((each) => each.name === name);
      const shown = value === true ? gettext("yes") : value === false ? gettext("no") : String(value);
      const text = asked?.choices[value] ? pick(asked.choices[value]) : shown;
      return [element("dt", {}, asked ? pick(asked.title) : name), element("dd", {}, text)];
    });
    if (item.body.reason)
      told.push([element("dt", {}, gettext("Reason")), element("dd", {}, item.body.reason)]);
    if (item.body.note) told.push([element("dt", {}, gettext("Note")), element("dd", {}, item.body.note)]);
    const mine = element(
      "section",
      { "aria-label": gettext("Yours") },
      element("h2", {}, gettext("Yours")),
      element(
        "p",
        { class: "note" },
        fill(gettext("%(when)s, when the case was “%(state)s”"), {
          when: moment(item.said_at),
          state: item.seen ?? "",
        }),
      ),
      element("p", {}, element("b", {}, step ? pick(step.title) : item.title)),
      element("dl", { class: "facts" }, told.flat()),
    );
    const theirs = element(
      "section",
      { "aria-label": gettext("Meanwhile") },
      element("h2", {}, gettext("Meanwhile")),
      element(
        "p",
        { class: "note" },
        fill(gettext("the case is “%(state)s” now"), { state: pick(now.state_title) }),
      ),
      element(
        "ol",
        { class: "timeline" },
        since.map((event) => happened(event)),
      ),
    );
    const take = () => this.app.queue.resume(item, { revision: now.revision });
    const asNote = () =>
      this.app.queue.resume(item, {
        kind: "note",
        key: item.key,
        revision: undefined,
        body: { note: summary(item, step), position: item.body.position },
      });
    return [
      element("div", { class: "problem", role: "alert" }, item.problem),
      element("div", { class: "versions" }, mine, theirs),
      element(
        "div",
        { class: "pair" },
        button(gettext("Take my step on the case as it is now"), take),
        button(gettext("Keep mine as a note only"), asNote, "plain"),
        this.#discard(item),
      ),
    ];
  }

  #sentList(sent) {
    if (!sent.length) return [];
    const away = (entry) =>
      entry.department
        ? fill(gettext("given to %(department)s"), { department: pick(entry.department) })
        : "";
    const clock = (entry) => (entry.clock_off ? gettext("sent with a wrong clock, noted in the log") : "");
    const lines = sent.map((entry) =>
      element(
        "li",
        {},
        element("b", {}, entry.title),
        ` ${[entry.number, moment(entry.at), away(entry), clock(entry)].filter(Boolean).join(" · ")}`,
      ),
    );
    const read = async () => {
      for (const entry of sent) await this.app.store.read(entry.key);
      await this.show();
    };
    return [
      element("h2", {}, fill(gettext("Sent: %(count)s"), { count: sent.length })),
      element("ul", { class: "sent", id: "sent" }, lines),
      button(gettext("I have read this"), read, "plain"),
    ];
  }

  #settings() {
    const { device, installation } = this.app;
    const system = choice(
      [
        ["wgs84", gettext("true positions")],
        ["gcj02", gettext("offset, GCJ-02")],
        ["bd09", gettext("offset, BD-09")],
      ],
      device.system,
    );
    system.addEventListener("change", () => {
      device.system = system.value;
    });
    const originals = choice(
      [
        ["never", gettext("never")],
        ["wifi", gettext("on wifi")],
        ["always", gettext("always")],
      ],
      device.originals,
    );
    originals.addEventListener("change", () => {
      device.originals = originals.value;
    });
    const others = Object.entries(accounts()).filter(
      ([id, { waiting }]) => id !== this.app.store.account && waiting,
    );
    return [
      element("h2", {}, gettext("This device")),
      field(
        gettext("My device's positions are"),
        system,
        gettext(
          "Some phones give positions with the offset of commercial maps. The portal takes it back and keeps what the phone gave.",
        ),
      ),
      field(gettext("Send whole originals of photos too"), originals),
      ...others.map(([, { user, waiting }]) =>
        element(
          "p",
          { class: "card" },
          fill(
            gettext("%(count)s more on this device are %(who)s's; they are sent when %(who)s signs in here."),
            { count: waiting, who: user ?? "?" },
          ),
        ),
      ),
      element(
        "p",
        { class: "note" },
        fill(
          gettext(
            "Kept on this phone: what waits to be sent, until it is sent; cases you looked at, for %(days)s days or until you sign out. Photos and files are removed as soon as the portal has them.",
          ),
          { days: this.app.keptDays },
        ),
      ),
      element(
        "div",
        { class: "pair" },
        installation.offered
          ? button(gettext("Put it on the home screen"), () => installation.install(), "plain")
          : "",
        button(gettext("Sign out"), () => this.app.signOut(), "plain"),
      ),
      element(
        "p",
        { class: "note" },
        fill(gettext("Version %(version)s"), { version: document.body.dataset.version }),
      ),
    ];
  }
}

function summary(item, step) {
  const values = Object.values(item.body.fields ?? {}).filter((value) => typeof value !== "boolean");
  return [step ? pick(step.title) : "", ...values, item.body.reason, item.body.note]
    .filter(Boolean)
    .join(" · ");
}
