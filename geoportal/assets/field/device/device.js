// What belongs to the device and not to an account: offset of its positions, originals, who was here last, its clock.

const SYSTEM = "field-system";
const ORIGINALS = "field-originals";
const LAST = "field-last-account";
const CLOCK = "field-clock-off";
const WRONG = 300; // seconds

export class Device {
  get system() {
    return localStorage.getItem(SYSTEM) ?? "wgs84";
  }
  set system(value) {
    localStorage.setItem(SYSTEM, value);
  }

  /** When the originals of photos are sent: always, or with mobile data a smaller copy first and they later. */
  get originals() {
    return localStorage.getItem(ORIGINALS) === "always" ? "always" : "wifi";
  }
  set originals(value) {
    localStorage.setItem(ORIGINALS, value);
  }

  get last() {
    return JSON.parse(localStorage.getItem(LAST) ?? "null");
  }
  set last(value) {
    if (value) localStorage.setItem(LAST, JSON.stringify(value));
    else localStorage.removeItem(LAST);
  }

  /** By how many seconds this device's clock is ahead of the server's. */
  get clockOff() {
    return Number(localStorage.getItem(CLOCK) ?? 0);
  }

  compare(serverNow, asked, answered) {
    const off = Math.round(((asked + answered) / 2 - Date.parse(serverNow)) / 1000);
    localStorage.setItem(CLOCK, String(off));
  }

  get clockIsWrong() {
    return Math.abs(this.clockOff) > WRONG;
  }

  get mayOriginals() {
    const { type, saveData } = navigator.connection ?? {};
    return this.originals === "always" || !(saveData || type === "cellular");
  }

  get name() {
    const agent = navigator.userAgentData;
    return (
      agent?.platform ? `${agent.platform} ${agent.mobile ? "mobile" : ""}` : navigator.platform
    ).trim();
  }
}
