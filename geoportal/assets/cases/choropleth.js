// A map of areas shaded by a figure: classes come with the areas; the figures stand in the page's table too.

import { color } from "../basemap/markers.js";
import { smallMap } from "../basemap/small_map.js";
import { html, nothing, render } from "../vendor/lit-html/lit-html.js";

const RAMPS = {
  overdue: ["#f3d3cb", "#e6a798", "#d27a68", "#b44a3b", "#80221a"],
  usual: ["#cfe3ea", "#98c3d2", "#5b9db5", "#2b7892", "#114b5f"],
};
const BLANK = "#ffffff";
const NEAR = 15; // the zoom from which on a cell of the grid is as large as a dot

export class Choropleth {
  #box;
  #client;
  #figures;
  #figure;
  #areas = null;
  #classes;
  #dots = null;
  #border = color("area-border");

  constructor(box, client) {
    this.#box = box;
    this.#client = client;
    this.#figures = JSON.parse(box.dataset.figures);
    this.#figure = Object.keys(this.#figures)[0];
  }

  async show() {
    let collection;
    try {
      collection = await this.#client.get(this.#box.dataset.areas);
    } catch (problem) {
      render(html`<p class="problem" role="alert">${problem.message}</p>`, this.#box);
      return;
    }
    this.#classes = collection.classes;
    this.#render(collection);
    if (!collection.features.length) return;
    const map = smallMap(this.#box.querySelector(".small-map"), { maxZoom: 19 });
    this.#areas = L.geoJSON(collection, {
      style: (area) => this.#style(area),
      onEachFeature: (area, shape) => shape.bindPopup(() => this.#popup(area)),
    }).addTo(map);
    this.#addDots(map);
    map.fitBounds(this.#areas.getBounds(), { maxZoom: 16, padding: [16, 16] });
  }

  /** Areas that are too small to be seen from afar get a dot as well, until the map is near enough. */
  #addDots(map) {
    this.#dots = L.layerGroup();
    this.#areas.eachLayer((shape) => {
      const dot = L.circleMarker(shape.getBounds().getCenter(), { radius: 5 });
      dot.feature = shape.feature;
      dot.bindPopup(() => this.#popup(shape.feature)).setStyle(this.#style(shape.feature));
      this.#dots.addLayer(dot);
    });
    if (!this.#box.dataset.areas.includes("grid")) return;
    const fit = () => (map.getZoom() < NEAR ? this.#dots.addTo(map) : this.#dots.remove());
    map.on("zoomend", fit);
    fit();
  }

  #render(collection) {
    const map = html`<div class="small-map" role="region" aria-label=${gettext("Map of areas")}></div>`;
    const none = html`<p class="note">${gettext("None of these has an area on the map.")}</p>`;
    render(
      html`${this.#choice(collection)} ${collection.features.length ? map : none}
        <div class="choropleth-legend">${this.#legend()}</div>`,
      this.#box,
    );
  }

  #choice(collection) {
    const names = Object.entries(this.#figures);
    if (names.length < 2) return nothing;
    return html`<fieldset class="choropleth-choice">
      <legend>${gettext("Shade by")}</legend>
      ${names.map(
        ([figure, title]) =>
          html`<label>
            <input
              type="radio"
              name="choropleth"
              .checked=${figure === this.#figure}
              @change=${() => this.#choose(figure, collection)}
            />${title}
          </label>`,
      )}
    </fieldset>`;
  }

  #choose(figure, collection) {
    this.#figure = figure;
    this.#areas?.setStyle((area) => this.#style(area));
    this.#dots?.eachLayer((dot) => dot.setStyle(this.#style(dot.feature)));
    this.#render(collection);
  }

  #style({ properties }) {
    const rank = properties.ranks[this.#figure];
    const isKnown = rank !== undefined;
    return {
      color: this.#border,
      weight: 0.6,
      fillColor: isKnown ? this.#shade(rank) : BLANK,
      fillOpacity: isKnown ? 0.78 : 0.15,
    };
  }

  #shade(rank) {
    const ramp = RAMPS[this.#figure] ?? RAMPS.usual;
    const last = this.#classes[this.#figure].length - 1;
    return ramp[last ? Math.round((rank * (ramp.length - 1)) / last) : 2];
  }

  #legend() {
    const { unit = "", none = "0" } = this.#box.dataset;
    const entry = (shade, text) => html`<li><i .style=${`background: ${shade}`}></i>${text}</li>`;
    return html`<b>${this.#figures[this.#figure]}</b>
      <ul>
        ${this.#classes[this.#figure].map(([low, high], rank) =>
          entry(this.#shade(rank), `${low === high ? low : `${low} – ${high}`}${unit}`),
        )}
        ${entry(BLANK, none)}
      </ul>`;
  }

  #popup({ properties: { code, title, values, url } }) {
    const { unit = "", none = "0" } = this.#box.dataset;
    const value = (figure) => (values[figure] == null ? none : `${values[figure]}${unit}`);
    const content = document.createElement("div");
    render(
      html`<b>${title ?? code}</b>
        ${Object.entries(this.#figures).map(([figure, name]) => html`<div>${name}: ${value(figure)}</div>`)}
        ${url ? html`<a href=${url}>${gettext("Show the cases")}</a>` : nothing}`,
      content,
    );
    return content;
  }
}
