// An area in a step's form: corners are put by touching the map, at the own position, or written as longitude,latitude.

import { color } from "../../basemap/markers.js";
import { html, render } from "../../vendor/lit-html/lit-html.js";
import { gettext } from "../texts.js";
import { offlineMap } from "./offline_map.js";

export class AreaInput {
  /** `value` is a corner a line; `start` is where the map begins; `here` gives the own position; `change` is told. */
  constructor(id, label, { value = "", start, here, change }) {
    Object.assign(this, { id, label, value, start, here, change });
    this.node = document.createElement("fieldset");
    this.node.className = "area-input";
    this.#render();
  }

  /** When the node is on the page. */
  open() {
    if (this.map) return;
    this.map = offlineMap(this.node.querySelector(".small-map"), `${gettext("Map")}: ${this.label}`);
    this.outline = L.polygon([], { color: color("case-mark"), weight: 3 }).addTo(this.map);
    this.map.on("click", ({ latlng }) => this.#add(latlng.lng, latlng.lat));
    const corners = this.#corners();
    if (corners.length > 1) this.map.fitBounds(corners.map(([x, y]) => [y, x]));
    else if (this.start) this.map.setView([this.start.lat, this.start.lon], 17, { animate: false });
    this.#draw();
  }

  close() {
    this.map?.remove();
    this.map = null;
  }

  #lines() {
    return this.value.split(/\s+/).filter(Boolean);
  }

  #corners() {
    const pairs = this.#lines().map((line) => line.split(",").map(Number.parseFloat));
    return pairs.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  }

  #add(lon, lat) {
    this.#set([...this.#lines(), `${lon.toFixed(7)},${lat.toFixed(7)}`].join("\n"));
  }

  #set(value) {
    this.value = value;
    this.change(value);
    this.#render();
    this.#draw();
  }

  #draw() {
    this.outline?.setLatLngs(this.#corners().map(([x, y]) => [y, x]));
  }

  #addHere() {
    const here = this.here();
    if (here) this.#add(here.lon, here.lat);
  }

  #render() {
    render(
      html`<legend>${this.label}</legend>
        <div class="small-map"></div>
        <textarea
          id=${this.id}
          rows="3"
          spellcheck="false"
          aria-label="${this.label}: ${gettext("corners, each as longitude,latitude on a line of its own")}"
          .value=${this.value}
          @input=${({ target }) => this.#set(target.value)}
        ></textarea>
        <div class="buttons">
          <button type="button" class="button plain" @click=${() => this.#addHere()}>
            ${gettext("Corner at my position")}
          </button>
          <button
            type="button"
            class="button plain"
            @click=${() => this.#set(this.#lines().slice(0, -1).join("\n"))}
          >${gettext("Take the last corner back")}</button>
        </div>`,
      this.node,
    );
  }
}
