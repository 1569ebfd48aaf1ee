// What stands around every page: the count, the tabs, what the officer must know, questions.

import { element } from "../html/element.js";
import { button } from "./parts.js";
import { change, fill, gettext, language } from "./words.js";

export class Frame {
  constructor(app, addresses) {
    this.app = app;
    this.addresses = addresses;
    this.bar = document.getElementById("bar");
    this.nav = document.getElementById("nav");
    this.notices = document.getElementById("notices");
  }

  async draw() {
    const count = await this.app.queue.count().catch(() => 0);
    const text = fill(gettext("%(count)s on this device"), { count });
    if (!this.bar.childElementCount) this.#bar();
    const chip = document.getElementById("count");
    chip.dataset.count = count;
    chip.textContent = this.app.queue.sending ? `${text} · ${gettext("sending…")}` : text;
    document.getElementById("offline").hidden = navigator.onLine;
    this.#tabs();
    this.#notices();
  }

  #bar() {
    const english = language() === "en";
    const icon = document.querySelector("link[rel=icon]").href;
    const skip = { class: "skip", href: "#content", onclick: (event) => this.#skip(event) };
    const other = { type: "button", class: "quiet", lang: english ? "zh-hans" : "en", onclick: change };
    this.bar.append(
      element("a", skip, gettext("Skip to content")),
      element(
        "a",
        { class: "brand", href: this.addresses.home },
        element("img", { src: icon, alt: gettext("Portal"), width: 26, height: 26 }),
      ),
      element("span", { class: "badge fair", id: "offline", hidden: true }, gettext("no network")),
      element(
        "span",
        { class: "count", role: "status" },
        element("a", { class: "chip", id: "count", href: "#device" }),
      ),
      element("button", other, english ? "中文" : "English"),
    );
  }

  #tabs() {
    const pages = { log: gettext("Log a case"), cases: gettext("Cases"), device: gettext("On this device") };
    this.nav.setAttribute("aria-label", gettext("Field work"));
    this.nav.replaceChildren(
      ...Object.entries(pages).map(([name, text]) =>
        element("a", { href: `#${name}`, "aria-current": this.app.name === name ? "page" : null }, text),
      ),
    );
  }

  #notices() {
    const found = [];
    const { signedOut, stranger } = this.app.queue;
    const signIn = `${this.addresses.signIn}?next=${this.addresses.scope}`;
    if (signedOut)
      found.push([
        gettext("You are signed out. What is on this device stays here; sign in to send it."),
        element("a", { class: "button", href: signIn }, gettext("Sign in")),
      ]);
    if (stranger)
      found.push([
        fill(
          gettext("Signed in is %(who)s, but what is on this page is another account's. Open the page anew."),
          { who: stranger },
        ),
        button(gettext("Open anew"), () => location.reload()),
      ]);
    if (this.app.device.clockIsWrong) found.push([this.#clock(), ""]);
    if (this.app.installation.waiting)
      found.push([
        gettext("A newer version of these pages is ready."),
        button(gettext("Use it"), () => this.app.takeOver()),
      ]);
    if (/MicroMessenger/i.test(navigator.userAgent))
      found.push([
        gettext(
          "In WeChat's browser nothing can be kept reliably; open this page in the phone's own browser.",
        ),
        "",
      ]);
    this.notices.replaceChildren(
      ...found.map(([text, act]) =>
        element("div", { class: "notice", role: "status" }, element("p", {}, text), act),
      ),
    );
  }

  #clock() {
    const minutes = Math.round(Math.abs(this.app.device.clockOff) / 60);
    const text =
      this.app.device.clockOff > 0
        ? gettext("This device's clock is %(minutes)s minutes ahead.")
        : gettext("This device's clock is %(minutes)s minutes behind.");
    return `${fill(text, { minutes })} ${gettext("Its times are kept as told; deadlines follow the portal's clock.")}`;
  }

  #skip(event) {
    event.preventDefault();
    this.app.main.focus();
  }

  /** A question in a dialog; true for yes. */
  ask(text, yes) {
    return new Promise((answer) => {
      const dialog = element("dialog", { "aria-label": text }, element("p", {}, text));
      const close = (value) => () => {
        dialog.close();
        dialog.remove();
        answer(value);
      };
      dialog.append(
        element(
          "div",
          { class: "pair" },
          button(yes, close(true)),
          button(gettext("Cancel"), close(false), "plain"),
        ),
      );
      dialog.addEventListener("cancel", close(false));
      document.body.append(dialog);
      dialog.showModal();
    });
  }
}
