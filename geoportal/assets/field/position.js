// Where the device says it is, asked for once for the whole app.

import { truePosition } from "../geography/coordinates.js";

const KEPT = "field-here";
const OPTIONS = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 60_000 };

export class Position extends EventTarget {
  constructor(device) {
    super();
    this.device = device;
    this.read = null;
    /** 0 none, 1 not allowed, 2 and 3 none in time, -1 no such device. */
    this.problem = 0;
  }

  watch() {
    if (!navigator.geolocation) {
      this.problem = -1;
      return;
    }
    navigator.geolocation.watchPosition(
      ({ coords: { longitude: lon, latitude: lat, accuracy } }) => {
        this.read = { lon, lat, accuracy };
        this.problem = 0;
        localStorage.setItem(KEPT, JSON.stringify(this.here));
        this.#tell();
      },
      ({ code }) => {
        this.problem = code;
        this.#tell();
      },
      OPTIONS,
    );
  }

  /** As it is sent: in the device's own system. */
  get value() {
    return this.read && { ...this.read, system: this.device.system, by: "device" };
  }

  /** As maps have it. */
  get here() {
    if (!this.read) return null;
    const [lon, lat] = truePosition(this.read.lon, this.read.lat, this.device.system);
    return { lon, lat };
  }

  get last() {
    return this.here ?? JSON.parse(localStorage.getItem(KEPT) ?? "null");
  }

  forget() {
    localStorage.removeItem(KEPT);
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
