// The layer panel: what can be shown, its legend, opacity, freshness, and search within a layer.

import { element } from "../html/element.js";

export class LayerList {
  constructor(node, store, settings, { fade, searchWithin }) {
    Object.assign(this, { node, store, settings, fade, searchWithin });
    this.opacity = settings.opacity;
    this.render();
    store.on(["layers", "zoom"], () => this.render());
  }

  /** Up to when the layers show what is true, and whether changes arrive by themselves. */
  current({ to, live }) {
    const time = to?.toLocaleTimeString([], { hour12: false }) ?? "…";
    const text = live ? gettext("Current to %s") : gettext("No live connection; current to %s");
    this.freshness = interpolate(text, [time]);
    for (const line of this.node.querySelectorAll(".current")) {
      line.textContent = this.freshness;
      line.classList.toggle("cut", !live);
    }
  }

  render() {
    const focus = document.activeElement?.id;
    const groups = Map.groupBy(
      this.settings.layers.filter((layer) => layer.tiles),
      (layer) => layer.group_title,
    );
    this.node.replaceChildren(
      ...[...groups].map(([title, layers]) =>
        element(
          "section",
          { class: "group" },
          element("h2", {}, title),
          layers.map((layer) => this.#layer(layer)),
        ),
      ),
    );
    if (focus) document.getElementById(focus)?.focus();
  }

  #layer(layer) {
    const shown = this.store.state.layers.includes(layer.name);
    const id = `layer-${layer.name}`;
    const box = element("input", {
      type: "checkbox",
      id,
      checked: shown,
      onchange: () => this.#toggle(layer.name),
    });
    const count = element("span", { class: "count" }, layer.count.toLocaleString());
    return element(
      "div",
      { class: "layer" },
      element("label", { for: id, title: layer.summary }, box, this.#swatch(layer), layer.title, count),
      shown ? this.#more(layer) : null,
    );
  }

  #swatch(layer) {
    const first = layer.legend[0];
    return first
      ? element("span", { class: `swatch ${first.shape}`, color: first.color, "aria-hidden": "true" })
      : null;
  }

  #more(layer) {
    const far = this.store.state.zoom < layer.min_zoom;
    const legend = layer.legend.length > 1 ? layer.legend : [];
    return element(
      "div",
      { class: "layer-more" },
      far ? element("p", { class: "note" }, gettext("Zoom in to see this layer.")) : null,
      element(
        "ul",
        {},
        legend.map((entry) => this.#entry(entry)),
      ),
      element("label", {}, gettext("Opacity"), this.#slider(layer)),
      layer.searchable ? this.#inside(layer) : null,
      element("p", { class: "note current" }, this.freshness ?? ""),
    );
  }

  #entry({ color, shape, label }) {
    return element(
      "li",
      {},
      element("span", { class: `swatch ${shape}`, color, "aria-hidden": "true" }),
      label,
    );
  }

  #slider(layer) {
    const input = element("input", { type: "range", min: 0, max: 100, step: 5, id: `opacity-${layer.name}` });
    input.value = Math.round((this.opacity.get(layer.name) ?? 1) * 100);
    input.addEventListener("input", () => {
      this.opacity.set(layer.name, input.valueAsNumber / 100);
      this.fade(layer.name);
    });
    return input;
  }

  #inside(layer) {
    const text = gettext("Search within this layer");
    const input = element("input", {
      type: "search",
      class: "inside",
      placeholder: text,
      "aria-label": `${text}: ${layer.title}`,
      maxlength: 100,
    });
    input.addEventListener(
      "keydown",
      (event) => event.key === "Enter" && this.searchWithin(input.value, layer.name),
    );
    return input;
  }

  #toggle(name) {
    const shown = this.store.state.layers;
    this.store.set({
      layers: shown.includes(name) ? shown.filter((other) => other !== name) : [...shown, name],
    });
  }
}
