// A found feature in a list: its layer's colour, its name, details below.

import { html } from "../vendor/lit-html/lit-html.js";

export function resultText({ color, title }, details) {
  return html`<span class="dot" .style=${`background: ${color}`} aria-hidden="true"></span>
    <span><strong>${title}</strong><small>${details.filter(Boolean).join(" · ")}</small></span>`;
}
