// Evidence of a form: photos, videos and documents, taken or chosen, shown small, kept until the form is sent.

import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { FileProblem, takeFile } from "../device/evidence_file.js";
import { bytes } from "../format.js";
import { fill, gettext } from "../texts.js";
import { problem, thumbnail } from "./controls.js";

const FILE_MOST = 60_000_000; // bytes, until the portal names its own

export class EvidenceInput extends EventTarget {
  /** `owner` is the item or draft to which the files belong; `position` gives where a photo is taken. */
  constructor({ store, device, kit }, { owner, position, isFirst = false }) {
    super();
    Object.assign(this, { store, device, owner, position, isFirst });
    this.most = kit?.file_most ?? FILE_MOST;
    this.pieces = [];
    this.problem = "";
    this.node = document.createElement("div");
    this.node.className = "evidence";
    this.#render();
  }

  async load() {
    this.pieces = await this.store.photos(this.owner);
    this.#change();
  }

  #render() {
    render(
      html`<div class="buttons">
          ${this.#input(gettext("Take a photo"), { accept: "image/*", kind: this.isFirst ? "" : "plain" })}
          ${this.#input(gettext("Record a video"), { accept: "video/*", kind: "plain" })}
          ${this.#input(gettext("Record a voice note"), { accept: "audio/*", kind: "plain" })}
          ${this.#input(gettext("Choose files"), { kind: "plain" })}
        </div>
        ${problem(this.problem)}
        <ul class="thumbs" aria-label=${gettext("Photos and files")} ?hidden=${!this.pieces.length}>
          ${this.pieces.map((piece, index) => this.#thumb(piece, index + 1))}
        </ul>`,
      this.node,
    );
  }

  /** What is captured with the camera is taken here and now. */
  #input(text, { accept = "", kind }) {
    const add = async ({ target }) => {
      for (const file of target.files) await this.#add(file, Boolean(accept));
      target.value = "";
    };
    const control = accept
      ? html`<input type="file" class="file-input" accept=${accept} capture="environment" @change=${add} />`
      : html`<input type="file" class="file-input" multiple @change=${add} />`;
    return html`<label class="button ${kind}">${text}${control}</label>`;
  }

  async #add(file, isCaptured) {
    try {
      const piece = await takeFile(file, {
        position: isCaptured ? this.position() : null,
        most: this.most,
      });
      await this.store.savePhoto({ ...piece, item: this.owner });
      this.pieces.push(piece);
      this.problem = "";
    } catch (cause) {
      const details = { name: file.name, why: cause.message };
      this.problem =
        cause instanceof FileProblem
          ? cause.message
          : fill(gettext("“%(name)s” could not be kept on this device: %(why)s"), details);
    }
    this.#change();
  }

  async #remove(piece) {
    await this.store.removePhoto(piece.key);
    this.pieces = this.pieces.filter((other) => other !== piece);
    this.#change();
  }

  #change() {
    this.#render();
    this.dispatchEvent(new Event("change"));
  }

  #thumb(piece, number) {
    const isPicture = piece.is_picture !== false;
    const name = isPicture ? fill(gettext("Photo %(number)s"), { number }) : piece.name;
    const taken = piece.taken && isPicture ? piece.taken.slice(5, 16).replace("T", " ") : "";
    const lines = [taken, isPicture ? "" : piece.name, bytes(piece.small.size)];
    return html`<li>
      ${thumbnail(piece, name)}
      <button
        type="button"
        class="remove"
        aria-label=${fill(gettext("Remove: %(name)s"), { name })}
        @click=${() => this.#remove(piece)}
      >×</button>
      ${lines.map((line) => (line ? html`<small>${line}</small>` : nothing))}
    </li>`;
  }
}
