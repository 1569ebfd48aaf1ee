// A map of areas shaded by a figure: classes come with the areas; the figures stand in the page's table too.

import { element } from "../map/dom.js";

const RAMPS = {
  overdue: ["#f3d3cb", "#e6a798", "#d27a68", "#b44a3b", "#80221a"],
  usual: ["#cfe3ea", "#98c3d2", "#5b9db5", "#2b7892", "#114b5f"],
};

const NEAR = 15; // the zoom from which on a cell of the grid is as large as a dot

export class Shades {
  #box;
  #figures;
  #figure;
  #areas;
  #classes;
  #dots;

  constructor(box) {
    this.#box = box;
    this.#figures = JSON.parse(box.dataset.figures);
    this.#figure = Object.keys(this.#figures)[0];
  }

  async show() {
    const { areas, ground } = this.#box.dataset;
    let answer;
    try {
      answer = await this.#ask(areas);
    } catch (problem) {
      this.#box.replaceChildren(element("p", { class: "problem", role: "alert" }, problem.message));
      return;
    }
    this.#classes = answer.classes;
    const holder = element("div", {
      class: "shades-map",
      role: "region",
      "aria-label": gettext("Map of areas"),
    });
    const legend = element("div", { class: "shades-legend" });
    this.#box.replaceChildren(this.#choice(legend), holder, legend);
    if (!answer.features.length) {
      holder.replaceWith(element("p", { class: "note" }, gettext("None of these has an area on the map.")));
      return;
    }
    const map = L.map(holder, { attributionControl: false, scrollWheelZoom: false });
    L.tileLayer(ground, { maxNativeZoom: 18, maxZoom: 19 }).addTo(map);
    this.#areas = L.geoJSON(answer, {
      style: (area) => this.#style(area),
      onEachFeature: (area, shape) => shape.bindPopup(() => this.#said(area)),
    }).addTo(map);
    this.#dot(map);
    map.fitBounds(this.#areas.getBounds(), { maxZoom: 16, padding: [16, 16] });
    this.#explain(legend);
  }

  // Areas that are too small to be seen from afar get a dot as well, until the map is near enough.
  #dot(map) {
    this.#dots = L.layerGroup();
    this.#areas.eachLayer((shape) => {
      const dot = L.circleMarker(shape.getBounds().getCenter(), { radius: 5 });
      dot.feature = shape.feature;
      dot.bindPopup(() => this.#said(shape.feature)).setStyle(this.#style(shape.feature));
      this.#dots.addLayer(dot);
    });
    const fit = () => (map.getZoom() < NEAR ? this.#dots.addTo(map) : this.#dots.remove());
    map.on("zoomend", fit);
    if (this.#box.dataset.areas.includes("grid")) fit();
    else map.off("zoomend", fit);
  }

  async #ask(address) {
    const response = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response) throw new Error(gettext("The portal cannot be reached; check the network and try again."));
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.error ?? gettext("The portal could not answer; try again."));
    return body;
  }

  #choice(legend) {
    const names = Object.entries(this.#figures);
    if (names.length < 2) return "";
    return element(
      "fieldset",
      { class: "shades-choice" },
      element("legend", {}, gettext("Shade by")),
      names.map(([figure, title]) =>
        element(
          "label",
          {},
          element("input", {
            type: "radio",
            name: "shades",
            checked: figure === this.#figure,
            onchange: () => this.#choose(figure, legend),
          }),
          title,
        ),
      ),
    );
  }

  #choose(figure, legend) {
    this.#figure = figure;
    this.#areas?.setStyle((area) => this.#style(area));
    this.#dots?.eachLayer((dot) => dot.setStyle(this.#style(dot.feature)));
    this.#explain(legend);
  }

  #style({ properties }) {
    const rank = properties.ranks[this.#figure];
    const color = rank === undefined ? "#ffffff" : this.#shade(rank);
    return { color: "#4d4a42", weight: 0.6, fillColor: color, fillOpacity: rank === undefined ? 0.15 : 0.78 };
  }

  #shade(rank) {
    const ramp = RAMPS[this.#figure] ?? RAMPS.usual;
    const last = this.#classes[this.#figure].length - 1;
    return ramp[last ? Math.round((rank * (ramp.length - 1)) / last) : 2];
  }

  #explain(legend) {
    const unit = this.#box.dataset.unit ?? "";
    const ranks = this.#classes[this.#figure].map(([low, high], rank) =>
      element(
        "li",
        {},
        element("i", { color: this.#shade(rank) }),
        `${low === high ? low : `${low} – ${high}`}${unit}`,
      ),
    );
    const none = element("li", {}, element("i", { color: "#ffffff" }), this.#box.dataset.none ?? "0");
    legend.replaceChildren(element("b", {}, this.#figures[this.#figure]), element("ul", {}, ...ranks, none));
  }

  #said({ properties }) {
    const { code, title, values, url } = properties;
    const unit = this.#box.dataset.unit ?? "";
    const lines = Object.entries(this.#figures).map(([figure, name]) =>
      element(
        "div",
        {},
        `${name}: ${values[figure] ?? this.#box.dataset.none ?? 0}${values[figure] === null ? "" : unit}`,
      ),
    );
    return element(
      "div",
      {},
      element("b", {}, title ?? code),
      lines,
      url ? element("a", { href: url }, gettext("Show the cases")) : "",
    );
  }
}
