// Where the matter is: the device's position with its accuracy, or the pin that the officer put by moving the map.

import { metres } from "../geography/coordinates.js";
import { element } from "../html/element.js";
import { offlineMap } from "./offline_map.js";
import { fill, gettext } from "./words.js";

const GOOD = 50; // metres
const BY_HAND = 1; // metres the map must be moved

export class LocationPicker extends EventTarget {
  constructor(position, start) {
    super();
    this.position = position;
    this.hand = null;
    this.box = element("div", { class: "pin-map", id: "pin-map" });
    this.said = element("p", { class: "pin-said", role: "status", id: "pin-said" });
    this.back = element("button", { type: "button", class: "button plain", onclick: () => this.release() });
    this.back.textContent = gettext("Back to my position");
    const pin = element("span", { class: "pin", "aria-hidden": "true" });
    this.node = element("div", { class: "place" }, element("div", { class: "pin-frame" }, this.box, pin));
    this.node.append(this.said, this.back);
    this.start = start;
  }

  /** When the node is on the page. */
  open() {
    this.map = offlineMap(this.box, gettext("Map: move it under the pin; arrow keys move it too"));
    for (const way of ["touchZoom", "scrollWheelZoom", "doubleClickZoom"]) this.map.options[way] = "center";
    const { lon, lat } = this.hand ?? this.start;
    this.#show(lon, lat, 17);
    this.map.on("moveend", () => this.#moved());
    this.follow = () => this.#follow();
    this.position.addEventListener("change", this.follow);
    this.#follow();
    this.#say();
  }

  close() {
    this.position.removeEventListener("change", this.follow);
    this.map?.remove();
  }

  /** As it is sent: the device's own position in its own system, or the pin's. */
  value() {
    if (this.hand) {
      const { lon, lat, by } = this.hand;
      return { lon, lat, system: "wgs84", by };
    }
    return this.position.value;
  }

  /** As the map has it. */
  shown() {
    if (this.hand) return { lon: this.hand.lon, lat: this.hand.lat };
    return this.position.here;
  }

  put(lon, lat, by) {
    this.hand = { lon, lat, by };
    if (this.map) this.#show(lon, lat);
    this.#tell();
  }

  release() {
    this.hand = null;
    const here = this.shown();
    if (here) this.#show(here.lon, here.lat);
    this.#tell();
  }

  #follow() {
    const { here } = this.position;
    if (!this.hand && here) this.#show(here.lon, here.lat);
    this.#tell();
  }

  #show(lon, lat, zoom = this.map.getZoom()) {
    this.placing = true;
    this.map.setView([lat, lon], zoom, { animate: false });
    this.placing = false;
  }

  #moved() {
    if (this.placing) return;
    const { lng: lon, lat } = this.map.getCenter();
    const was = this.shown() ?? this.start;
    if (metres(was, { lon, lat }) < BY_HAND) return;
    this.hand = { lon, lat, by: "hand" };
    this.#tell();
  }

  #tell() {
    this.#say();
    this.dispatchEvent(new Event("change"));
  }

  #say() {
    this.back.hidden = !this.hand || !this.position.read;
    const here = this.shown();
    const at = here ? ` · ${here.lon.toFixed(5)}, ${here.lat.toFixed(5)}` : "";
    const { read, problem, device } = this.position;
    const accuracy = Math.round(read?.accuracy ?? 0);
    let tone = "note";
    let text;
    if (this.hand?.by === "photo") text = gettext("The pin is where the photo was taken.");
    else if (this.hand) text = gettext("The pin was put by hand.");
    else if (!read) [text, tone] = [why(problem), "fair"];
    else if (accuracy > GOOD) {
      text = fill(
        gettext("Accuracy ± %(metres)s m is worse than 50 m: wait, or move the map under the pin."),
        {
          metres: accuracy,
        },
      );
      tone = "bad";
    } else [text, tone] = [fill(gettext("Accuracy ± %(metres)s m"), { metres: accuracy }), "good"];
    const offset = !this.hand && read && device.system !== "wgs84" ? gettext("offset taken back") : "";
    this.said.dataset.tone = tone;
    this.said.textContent = [text, offset].filter(Boolean).join(" · ") + at;
  }
}

function why(problem) {
  if (problem === -1) return gettext("This device gives no position; move the map under the pin.");
  if (problem === 1)
    return gettext("The position is not shared with this page; allow it, or move the map under the pin.");
  if (problem) return gettext("No position yet; wait, or move the map under the pin.");
  return gettext("Looking for the position…");
}
