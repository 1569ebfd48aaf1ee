// What stands around every page: the count, the tabs, what the officer must know, questions.

import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { fill, gettext, language, switchLanguage } from "../texts.js";
import { button } from "./controls.js";

export class Frame {
  constructor(app, addresses) {
    this.app = app;
    this.addresses = addresses;
    [this.bar, this.nav, this.notices] = ["bar", "nav", "notices"].map((id) => document.getElementById(id));
  }

  async draw() {
    const count = await this.app.queue.count().catch(() => 0);
    render(this.#bar(count), this.bar);
    this.nav.setAttribute("aria-label", gettext("Field work"));
    render(this.#tabs(), this.nav);
    render(this.#notices().map(notice), this.notices);
  }

  #bar(count) {
    const english = language() === "en";
    const waiting = fill(gettext("%(count)s on this device"), { count });
    const icon = document.querySelector("link[rel=icon]").href;
    return html`<a class="skip" href="#content" @click=${(event) => this.#skip(event)}>${gettext("Skip to content")}</a>
      <a class="brand" href=${this.addresses.home}>
        <img src=${icon} alt=${gettext("Portal")} width="26" height="26" />
      </a>
      <span class="badge fair" id="offline" ?hidden=${navigator.onLine}>${gettext("no network")}</span>
      <span class="count" role="status">
        <a class="chip" id="count" href="#device" data-count=${count}>${
          this.app.queue.sending ? `${waiting} · ${gettext("sending…")}` : waiting
        }</a>
      </span>
      <button type="button" class="quiet" lang=${english ? "zh-hans" : "en"} @click=${switchLanguage}>
        ${english ? "中文" : "English"}
      </button>`;
  }

  #tabs() {
    const pages = { log: gettext("Log a case"), cases: gettext("Cases"), device: gettext("On this device") };
    return Object.entries(pages).map(
      ([name, text]) =>
        html`<a href="#${name}" aria-current=${this.app.route === name ? "page" : nothing}>${text}</a>`,
    );
  }

  /** [text, what to do about it] */
  #notices() {
    const { queue, device, installation } = this.app;
    const found = [];
    if (queue.signedOut)
      found.push([
        gettext("You are signed out. What is on this device stays here; sign in to send it."),
        this.signIn(),
      ]);
    if (queue.stranger)
      found.push([
        fill(
          gettext("Signed in is %(who)s, but what is on this page is another account's. Open the page anew."),
          { who: queue.stranger },
        ),
        button(gettext("Open anew"), () => location.reload()),
      ]);
    if (device.clockIsWrong) found.push([this.#clock()]);
    if (installation.waiting)
      found.push([
        gettext("A newer version of these pages is ready."),
        button(gettext("Use it"), () => this.app.replaceVersion()),
      ]);
    if (/MicroMessenger/i.test(navigator.userAgent))
      found.push([
        gettext(
          "In WeChat's browser nothing can be kept reliably; open this page in the phone's own browser.",
        ),
      ]);
    return found;
  }

  #clock() {
    const { clockOff } = this.app.device;
    const text =
      clockOff > 0
        ? gettext("This device's clock is %(minutes)s minutes ahead.")
        : gettext("This device's clock is %(minutes)s minutes behind.");
    const minutes = Math.round(Math.abs(clockOff) / 60);
    return `${fill(text, { minutes })} ${gettext("Its times are kept as told; deadlines follow the portal's clock.")}`;
  }

  signIn() {
    const { signIn, scope } = this.addresses;
    return html`<a class="button" href="${signIn}?next=${scope}">${gettext("Sign in")}</a>`;
  }

  #skip(event) {
    event.preventDefault();
    this.app.main.focus();
  }

  /** A question in a dialog; true for yes. */
  ask(text, yes) {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", text);
    document.body.append(dialog);
    return new Promise((answer) => {
      const close = (value) => {
        dialog.remove();
        answer(value);
      };
      const buttons = html`${button(yes, () => close(true))} ${button(gettext("Cancel"), () => close(false), "plain")}`;
      render(html`<p>${text}</p><div class="buttons">${buttons}</div>`, dialog);
      dialog.addEventListener("cancel", () => close(false));
      dialog.showModal();
    });
  }
}

function notice([text, act = nothing]) {
  return html`<div class="notice" role="status"><p>${text}</p>${act}</div>`;
}
