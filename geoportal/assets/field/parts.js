// Pieces of pages that several pages use.

import { element } from "../map/dom.js";
import { takePhoto } from "./photos.js";
import { fill, gettext } from "./words.js";

export function button(text, onclick, kind = "") {
  return element("button", { type: "button", class: `button ${kind}`.trim(), onclick }, text);
}

export function field(label, input, hint = "") {
  input.id ||= `f-${crypto.randomUUID().slice(0, 8)}`;
  const words = element("label", { for: input.id }, label);
  return element("div", { class: "field" }, words, input, hint ? element("p", { class: "note" }, hint) : "");
}

export function choice(options, value, attributes = {}) {
  const select = element("select", attributes);
  for (const [code, title] of options) select.append(element("option", { value: code }, title));
  select.value = value ?? "";
  return select;
}

export function badge(text, tone = "") {
  return element("span", { class: `badge ${tone}`.trim() }, text);
}

/** Photos of a form: taken with the camera or chosen, shown small, kept until the form is sent. */
export class Photos extends EventTarget {
  constructor(app, { owner = "draft", position = () => null, isFirst = false } = {}) {
    super();
    Object.assign(this, { app, owner, position, all: [] });
    this.shown = element("ul", { class: "thumbs", "aria-label": gettext("Photos taken") });
    this.said = element("p", { class: "problem", role: "alert", hidden: true });
    const camera = this.#input(gettext("Take a photo"), { capture: "environment" }, isFirst ? "" : "plain");
    const gallery = this.#input(gettext("From the gallery"), { multiple: true }, "plain");
    this.node = element("div", { class: "photos" }, element("div", { class: "pair" }, camera, gallery));
    this.node.append(this.said, this.shown);
  }

  async load() {
    this.all = await this.app.store.photos(this.owner);
    this.#show();
  }

  async clear() {
    for (const photo of this.all) await this.app.store.removePhoto(photo.key);
    this.all = [];
    this.#show();
  }

  #input(text, attributes, kind) {
    const input = element("input", { type: "file", accept: "image/*", class: "unseen", ...attributes });
    input.addEventListener("change", async () => {
      for (const file of input.files) await this.#add(file, Boolean(attributes.capture));
      input.value = "";
    });
    return element("label", { class: `button ${kind}`.trim() }, text, input);
  }

  async #add(file, isTaken) {
    try {
      const taken = isTaken ? this.position() : null;
      const photo = await takePhoto(file, {
        position: taken,
        keepOriginal: this.app.device.originals !== "never",
      });
      await this.app.store.savePhoto({ ...photo, item: this.owner });
      this.all.push(photo);
      this.said.hidden = true;
    } catch (problem) {
      this.said.textContent = fill(gettext("The photo could not be kept on this device: %(why)s"), {
        why: problem.message,
      });
      this.said.hidden = false;
    }
    this.#show();
  }

  async #remove(photo) {
    await this.app.store.removePhoto(photo.key);
    this.all = this.all.filter((other) => other !== photo);
    this.#show();
  }

  #show() {
    this.shown.replaceChildren(...this.all.map((photo, n) => this.#thumb(photo, n + 1)));
    this.dispatchEvent(new Event("change"));
  }

  #thumb(photo, number) {
    const name = fill(gettext("Photo %(number)s"), { number });
    const image = element("img", { src: address(photo.small), alt: name });
    const remove = element(
      "button",
      {
        type: "button",
        class: "remove",
        "aria-label": fill(gettext("Remove photo %(number)s"), { number }),
        onclick: () => this.#remove(photo),
      },
      "×",
    );
    const about = photo.taken ? photo.taken.slice(5, 16).replace("T", " ") : "";
    return element("li", {}, image, remove, element("small", {}, about));
  }
}

const addresses = new WeakMap();

/** An address of a blob, made once for as long as the page is open. */
export function address(blob) {
  if (!addresses.has(blob)) addresses.set(blob, URL.createObjectURL(blob));
  return addresses.get(blob);
}
