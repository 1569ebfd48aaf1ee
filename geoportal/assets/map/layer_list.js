// The layer panel: what can be shown, its legend, opacity, freshness, and search within a layer.

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";

const { lang } = document.documentElement;
const PAUSE = 250; // milliseconds of quiet before a search
const COUNT = new Intl.NumberFormat(lang);
const TIME = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
  dateStyle: "medium",
  timeStyle: "medium",
});

export class LayerList {
  constructor(node, store, settings, { fade, searchWithin }) {
    Object.assign(this, { node, store, settings, fade, searchWithin });
    this.opacity = settings.opacity;
    this.freshness = { text: "", isLive: true };
    this.found = { name: "", text: "" };
    this.groups = new Map();
    for (const layer of settings.layers.filter(({ tiles }) => tiles))
      this.groups.set(layer.group_title, [...(this.groups.get(layer.group_title) ?? []), layer]);
    this.#render();
    store.on(["layers", "zoom"], () => this.#render());
  }

  /** Up to when the layers show what is true, and whether changes arrive by themselves. */
  setFreshness({ to, live }) {
    const time = to ? TIME.format(to) : "…";
    const text = live ? gettext("Current to %s") : gettext("No live connection; current to %s");
    this.freshness = { text: interpolate(text, [time]), isLive: live };
    this.#render();
  }

  #render() {
    render(
      [...this.groups].map(
        ([title, layers]) =>
          html`<section class="group">
            <h2>${title}</h2>
            ${layers.map((layer) => this.#layer(layer))}
          </section>`,
      ),
      this.node,
    );
  }

  #layer(layer) {
    const isShown = this.store.state.layers.includes(layer.name);
    const id = `layer-${layer.name}`;
    const [first] = layer.legend;
    return html`<div class="layer">
      <label for=${id} title=${layer.summary}>
        <input type="checkbox" id=${id} .checked=${isShown} @change=${() => this.#toggle(layer.name)} />
        ${first ? swatch(first) : nothing} ${layer.title}
        <span class="count">${COUNT.format(layer.count)}</span>
      </label>
      ${isShown ? this.#details(layer) : nothing}
    </div>`;
  }

  #details(layer) {
    const isFar = this.store.state.zoom < layer.min_zoom;
    const legend = layer.legend.length > 1 ? layer.legend : [];
    const { text, isLive } = this.freshness;
    return html`<div class="layer-more">
      ${isFar ? html`<p class="note">${gettext("Zoom in to see this layer.")}</p>` : nothing}
      <ul>${legend.map((entry) => html`<li>${swatch(entry)} ${entry.label}</li>`)}</ul>
      ${this.#slider(layer)} ${layer.searchable ? this.#search(layer) : nothing}
      <p class="note current ${isLive ? "" : "cut"}">${text}</p>
    </div>`;
  }

  #slider({ name }) {
    const fade = ({ target }) => {
      this.opacity.set(name, target.valueAsNumber / 100);
      this.fade(name);
    };
    const percent = Math.round((this.opacity.get(name) ?? 1) * 100);
    return html`<label>
      ${gettext("Opacity")}
      <input type="range" min="0" max="100" step="5" id="opacity-${name}" .value=${String(percent)} @input=${fade} />
    </label>`;
  }

  #search({ name, title }) {
    const text = gettext("Search within this layer");
    const search = async (query, isQuiet) => {
      clearTimeout(this.timer);
      this.found = { name, text: await this.searchWithin(query, name, isQuiet) };
      this.#render();
    };
    const typed = ({ target }) => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => search(target.value, true), PAUSE);
    };
    const pressed = ({ key, target }) => key === "Enter" && search(target.value, false);
    return html`<input
        type="search"
        class="inside"
        maxlength="100"
        placeholder=${text}
        aria-label="${text}: ${title}"
        @input=${typed}
        @keydown=${pressed}
      />
      <p class="note" role="status">${this.found.name === name ? this.found.text : nothing}</p>`;
  }

  #toggle(name) {
    const { layers } = this.store.state;
    this.store.set({
      layers: layers.includes(name) ? layers.filter((other) => other !== name) : [...layers, name],
    });
  }
}

function swatch({ color, shape }) {
  return html`<span class="swatch ${shape}" .style=${`background: ${color}`} aria-hidden="true"></span>`;
}
