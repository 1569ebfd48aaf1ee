// Pieces of pages that several pages use.

import { element } from "../html/element.js";
import { NotTaken, takeFile } from "./evidence_file.js";
import { bytes, fill, gettext } from "./words.js";

const FILE_MOST = 60_000_000; // bytes, until the portal has said

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

/** A piece of evidence on this device, small: the picture, or what kind of file it is. */
export function thumbnail(piece, text = "") {
  if (piece.is_picture !== false) return element("img", { src: address(piece.small), alt: text });
  return fileSign(piece.name, piece.small.type, text || piece.name);
}

/** What kind of file it is, in place of a picture. */
export function fileSign(name, type, text) {
  const ending = /\.(\w{1,5})$/.exec(name)?.[1] ?? type.split("/").pop();
  return element("span", { class: "file", role: "img", "aria-label": text }, ending.toUpperCase());
}

/** Evidence of a form: photos, videos and documents, taken or chosen, shown small, kept until the form is sent. */
export class Photos extends EventTarget {
  constructor(app, { owner = "draft", position = () => null, isFirst = false } = {}) {
    super();
    Object.assign(this, { app, owner, position, all: [] });
    this.shown = element("ul", { class: "thumbs", "aria-label": gettext("Photos and files") });
    this.said = element("p", { class: "problem", role: "alert", hidden: true });
    const photo = { accept: "image/*", capture: "environment" };
    const video = { accept: "video/*", capture: "environment" };
    const ways = [
      this.#input(gettext("Take a photo"), photo, isFirst ? "" : "plain"),
      this.#input(gettext("Record a video"), video, "plain"),
      this.#input(gettext("Choose files"), { multiple: true }, "plain"),
    ];
    this.node = element("div", { class: "photos" }, element("div", { class: "pair" }, ways));
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
    const input = element("input", { type: "file", class: "unseen", ...attributes });
    input.addEventListener("change", async () => {
      for (const file of input.files) await this.#add(file, Boolean(attributes.capture));
      input.value = "";
    });
    return element("label", { class: `button ${kind}`.trim() }, text, input);
  }

  async #add(file, isTaken) {
    try {
      const taken = isTaken ? this.position() : null;
      const photo = await takeFile(file, {
        position: taken,
        keepOriginal: this.app.device.originals !== "never",
        most: this.app.kit?.file_most ?? FILE_MOST,
      });
      await this.app.store.savePhoto({ ...photo, item: this.owner });
      this.all.push(photo);
      this.said.hidden = true;
    } catch (problem) {
      const why = { name: file.name, why: problem.message };
      this.said.textContent =
        problem instanceof NotTaken
          ? problem.message
          : fill(gettext("“%(name)s” could not be kept on this device: %(why)s"), why);
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
    const isPicture = photo.is_picture !== false;
    const name = isPicture ? fill(gettext("Photo %(number)s"), { number }) : photo.name;
    const remove = element(
      "button",
      {
        type: "button",
        class: "remove",
        "aria-label": fill(gettext("Remove: %(name)s"), { name }),
        onclick: () => this.#remove(photo),
      },
      "×",
    );
    const taken = photo.taken && isPicture ? photo.taken.slice(5, 16).replace("T", " ") : "";
    const about = [taken, isPicture ? "" : photo.name, bytes(photo.small.size)];
    return element(
      "li",
      {},
      thumbnail(photo, name),
      remove,
      about.filter(Boolean).map((line) => element("small", {}, line)),
    );
  }
}

const addresses = new WeakMap();

/** An address of a blob, made once for as long as the page is open. */
export function address(blob) {
  if (!addresses.has(blob)) addresses.set(blob, URL.createObjectURL(blob));
  return addresses.get(blob);
}
