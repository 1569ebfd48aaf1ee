// Where the matter is: the device's position with its accuracy, or the pin that the officer put by moving the map.

import { metres } from "../../geography/coordinates.js";
import { html, render } from "../../vendor/lit-html/lit-html.js";
import { fill, gettext } from "../texts.js";
import { offlineMap } from "./offline_map.js";

const GOOD = 50; // metres
const BY_HAND = 1; // metres the map must be moved

export class LocationPicker extends EventTarget {
  /** `pin` is a place of before, {lon, lat, by}. */
  constructor(position, start, pin = null) {
    super();
    Object.assign(this, { position, start, pin });
    this.node = document.createElement("div");
    this.node.className = "location-picker";
    this.#render();
  }

  /** When the node is on the page. */
  open() {
    const box = this.node.querySelector(".small-map");
    this.map = offlineMap(box, gettext("Map: move it under the pin; arrow keys move it too"));
    for (const way of ["touchZoom", "scrollWheelZoom", "doubleClickZoom"]) this.map.options[way] = "center";
    const { lon, lat } = this.pin ?? this.start;
    this.#centre(lon, lat, 17);
    this.map.on("moveend", () => this.#move());
    this.follow = () => this.#follow();
    this.position.addEventListener("change", this.follow);
    this.#follow();
  }

  close() {
    this.position.removeEventListener("change", this.follow);
    this.map?.remove();
  }

  /** As it is sent: the device's own position in its own system, or the pin's. */
  value() {
    if (!this.pin) return this.position.value;
    const { lon, lat, by } = this.pin;
    return { lon, lat, system: "wgs84", by };
  }

  /** As the map has it. */
  location() {
    if (!this.pin) return this.position.here;
    const { lon, lat } = this.pin;
    return { lon, lat };
  }

  put(lon, lat, by) {
    this.pin = { lon, lat, by };
    if (this.map) this.#centre(lon, lat);
    this.#change();
  }

  release() {
    this.pin = null;
    this.#follow();
  }

  #follow() {
    const { here } = this.position;
    if (!this.pin && here) this.#centre(here.lon, here.lat);
    this.#change();
  }

  #centre(lon, lat, zoom = this.map.getZoom()) {
    this.isCentring = true;
    this.map.setView([lat, lon], zoom, { animate: false });
    this.isCentring = false;
  }

  #move() {
    if (this.isCentring) return;
    const { lng: lon, lat } = this.map.getCenter();
    const before = this.location() ?? this.start;
    if (metres(before, { lon, lat }) < BY_HAND) return;
    this.pin = { lon, lat, by: "hand" };
    this.#change();
  }

  #change() {
    this.#render();
    this.dispatchEvent(new Event("change"));
  }

  #render() {
    const [text, tone] = this.#status();
    const { reading, device } = this.position;
    const isOffset = !this.pin && reading && device.system !== "wgs84";
    const location = this.location();
    const parts = [
      text,
      isOffset ? gettext("offset taken back") : "",
      location ? `${location.lon.toFixed(5)}, ${location.lat.toFixed(5)}` : "",
    ];
    render(
      html`<div class="pin-frame">
          <div class="small-map" id="pin-map"></div>
          <span class="pin" aria-hidden="true"></span>
        </div>
        <p class="pin-status ${tone}" role="status" id="pin-status">${parts.filter(Boolean).join(" · ")}</p>
        <button
          type="button"
          class="button plain"
          ?hidden=${!this.pin || !reading}
          @click=${() => this.release()}
        >${gettext("Back to my position")}</button>`,
      this.node,
    );
  }

  /** [text, tone] */
  #status() {
    const { reading, problem } = this.position;
    if (this.pin?.by === "photo") return [gettext("The pin is where the photo was taken."), ""];
    if (this.pin) return [gettext("The pin was put by hand."), ""];
    if (!reading) return [absence(problem), "fair"];
    const metres = Math.round(reading.accuracy);
    if (metres <= GOOD) return [fill(gettext("Accuracy ± %(metres)s m"), { metres }), "good"];
    const poor = gettext("Accuracy ± %(metres)s m is worse than 50 m: wait, or move the map under the pin.");
    return [fill(poor, { metres }), "bad"];
  }
}

function absence(problem) {
  if (problem === -1) return gettext("This device gives no position; move the map under the pin.");
  if (problem === 1)
    return gettext("The position is not shared with this page; allow it, or move the map under the pin.");
  if (problem) return gettext("No position yet; wait, or move the map under the pin.");
  return gettext("Looking for the position…");
}
