// What the map shows, kept in the link: place, view, visible layers, selection and search.

const DIGITS = 5;

export class Store extends EventTarget {
  constructor(settings) {
    super();
    const shown = settings.layers.filter((layer) => layer.shown).map((layer) => layer.name);
    this.state = { lat: 0, lng: 0, zoom: 3, placed: false, view: "2d", layers: shown, sel: "", q: "" };
    this.#read();
    window.addEventListener("hashchange", () => this.#read(true));
  }

  /** Changes some of the state; `origin` names who did, so that they need not hear of it. */
  set(changes, origin = "") {
    const changed = Object.keys(changes).filter((key) => !same(this.state[key], changes[key]));
    if (changed.length === 0) return;
    Object.assign(this.state, changes);
    this.#write(changed.includes("sel") || changed.includes("view"));
    this.dispatchEvent(new CustomEvent("change", { detail: { changed, origin } }));
  }

  on(keys, listener) {
    this.addEventListener("change", (event) => {
      if (event.detail.changed.some((key) => keys.includes(key))) listener(this.state, event.detail.origin);
    });
  }

  get hash() {
    const { lat, lng, zoom, view, layers, sel, q } = this.state;
    const parts = [`map=${round(zoom, 2)}/${round(lat, DIGITS)}/${round(lng, DIGITS)}`, `view=${view}`];
    parts.push(`layers=${layers.join(",")}`);
    if (sel) parts.push(`sel=${sel}`);
    if (q) parts.push(`q=${encodeURIComponent(q)}`);
    return `#${parts.join("&")}`;
  }

  #write(isStep) {
    const isOvertaken = location.hash !== this.link; // by a newer link, which is read in a moment
    if (!this.state.placed || this.hash === location.hash || isOvertaken) return;
    history[isStep ? "pushState" : "replaceState"](null, "", this.hash);
    this.link = location.hash;
  }

  #read(announce = false) {
    this.link = location.hash;
    const parts = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    const found = {};
    const [zoom, lat, lng] = (parts.get("map") ?? "").split("/").map(Number);
    if (Number.isFinite(zoom) && Math.abs(lat) <= 85 && Math.abs(lng) <= 180)
      Object.assign(found, { zoom: Math.min(19, Math.max(3, zoom)), lat, lng, placed: true });
    if (["2d", "3d"].includes(parts.get("view"))) found.view = parts.get("view");
    if (parts.has("layers")) found.layers = parts.get("layers").split(",").filter(Boolean);
    if (parts.size) Object.assign(found, { sel: parts.get("sel") ?? "", q: parts.get("q") ?? "" });
    if (announce) this.set(found, "link");
    else Object.assign(this.state, found);
  }
}

function same(a, b) {
  return Array.isArray(a) ? a.join() === b.join() : a === b;
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
