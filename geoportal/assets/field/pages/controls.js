// Templates of what several pages show: buttons, labelled controls, badges, problems, signs of files.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";

export function button(text, onclick, kind = "") {
  return html`<button type="button" class="button ${kind}" @click=${onclick}>${text}</button>`;
}

/** `control` has the id. */
export function field(label, id, control, hint = "") {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${control} ${hint ? html`<p class="note">${hint}</p>` : nothing}
  </div>`;
}

/** `options` are [code, title]. */
export function select(id, options, value, onchange) {
  return html`<select id=${id} @change=${({ target }) => onchange(target.value)}>
    ${options.map(([code, title]) => option(code, title, value))}
  </select>`;
}

export function option(code, title, value) {
  return html`<option value=${code} .selected=${code === (value ?? "")}>${title}</option>`;
}

export function badge(text, tone = "") {
  return html`<span class="badge ${tone}">${text}</span>`;
}

export function problem(text) {
  return html`<p class="problem" role="alert" ?hidden=${!text}>${text}</p>`;
}

/** A piece of evidence on this device, small: the picture, or what kind of file it is. */
export function thumbnail(piece, text = "") {
  if (piece.is_picture === false) return fileSign(piece.name, piece.small.type, text || piece.name);
  return html`<img src=${objectUrl(piece.small)} alt=${text} />`;
}

/** What kind of file it is, in place of a picture. */
export function fileSign(name, type, text) {
  const ending = /\.(\w{1,5})$/.exec(name)?.[1] ?? type.split("/").pop();
  return html`<span class="file-sign" role="img" aria-label=${text}>${ending.toUpperCase()}</span>`;
}

const objectUrls = new WeakMap();

/** An address of a blob, made once for as long as the page is open. */
export function objectUrl(blob) {
  if (!objectUrls.has(blob)) objectUrls.set(blob, URL.createObjectURL(blob));
  return objectUrls.get(blob);
}
