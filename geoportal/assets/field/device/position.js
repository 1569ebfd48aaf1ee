// Where the device says it is, asked for once for the whole app.

import { truePosition } from "../../geography/coordinates.js";

const STORED = "field-here";
const OPTIONS = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 60_000 };

export class Position extends EventTarget {
  constructor(device) {
    super();
    this.device = device;
    this.reading = null;
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
        this.reading = { lon, lat, accuracy };
        this.problem = 0;
        localStorage.setItem(STORED, JSON.stringify(this.here));
        this.dispatchEvent(new Event("change"));
      },
      ({ code }) => {
        this.problem = code;
        this.dispatchEvent(new Event("change"));
      },
      OPTIONS,
    );
  }

  /** As it is sent: in the device's own system. */
  get value() {
    return this.reading && { ...this.reading, system: this.device.system, by: "device" };
  }

  /** As maps have it. */
  get here() {
    if (!this.reading) return null;
    const [lon, lat] = truePosition(this.reading.lon, this.reading.lat, this.device.system);
    return { lon, lat };
  }

  get last() {
    return this.here ?? JSON.parse(localStorage.getItem(STORED) ?? "null");
  }

  forget() {
    localStorage.removeItem(STORED);
  }
}
