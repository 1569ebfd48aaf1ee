// The panel beside the map, on a phone a sheet of three heights.

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";

const SIZES = ["low", "half", "high"];

export class Panel {
  constructor({ layers, attribution }) {
    this.node = document.getElementById("panel");
    render(notes(layers, attribution), document.getElementById("panel-note"));
    this.tabs = [...this.node.querySelectorAll("[data-tab]")];
    for (const tab of this.tabs) tab.addEventListener("click", () => this.open(tab.dataset.tab));
    document.getElementById("handle").addEventListener("click", () => this.#resize());
  }

  open(name) {
    for (const tab of this.tabs) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-pressed", String(chosen));
      document.getElementById(`tab-${tab.dataset.tab}`).hidden = !chosen;
    }
    for (const part of [this.node, document.getElementById("panel-body")]) part.scrollTop = 0;
    if (this.node.dataset.size === "low") this.node.dataset.size = "half";
  }

  #resize() {
    this.node.dataset.size = SIZES[(SIZES.indexOf(this.node.dataset.size) + 1) % SIZES.length];
  }
}

/** What is generated, and the sources where the map has no room for them. */
function notes(layers, attribution) {
  const generated = gettext(
    "Demonstration: except for the boundary and the names and codes of divisions, everything is generated. Departments bear names of several years, not only of today.",
  );
  return html`${layers.some((layer) => layer.generated) ? html`<span>${generated}</span>` : nothing}
    <span class="panel-sources">${gettext("Source: ")}${attribution}</span>`;
}
