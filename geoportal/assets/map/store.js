// What the map shows, kept in the link: place, view and its angle, visible layers, selection and search.

const DIGITS = 5;
const ZOOMS = [3, 20];
const ANGLE = { bearing: -18, pitch: 55 }; // degrees, of a 3D view whose link names none
const STEEPEST = 70;

export class Store extends EventTarget {
  constructor(settings, start) {
    super();
    const shown = settings.layers.filter((layer) => layer.shown).map((layer) => layer.name);
    this.start = { ...start, ...ANGLE };
    this.state = { ...this.start, view: "2d", layers: shown, sel: "", q: "" };
    this.#read();
    this.#write();
    window.addEventListener("hashchange", () => this.#read(true));
  }

  /** Changes some of the state; `origin` names who did, so that they need not hear of it. */
  set(changes, origin = "") {
    const wanted = "zoom" in changes ? { ...changes, zoom: clamp(changes.zoom, ZOOMS) } : changes;
    const changed = Object.keys(wanted).filter((key) => !same(this.state[key], wanted[key]));
    if (changed.length === 0) return;
    Object.assign(this.state, wanted);
    this.#write(changed.includes("sel") || changed.includes("view"));
    this.dispatchEvent(new CustomEvent("change", { detail: { changed, origin } }));
  }

  on(keys, listener) {
    this.addEventListener("change", (event) => {
      if (event.detail.changed.some((key) => keys.includes(key))) listener(this.state, event.detail.origin);
    });
  }

  get hash() {
    const { lat, lng, zoom, view, layers, sel, q, bearing, pitch } = this.state;
    const place = [round(zoom, 2), round(lat, DIGITS), round(lng, DIGITS)];
    const angle = [round(bearing, 1), round(pitch, 1)];
    if (view === "3d" && !same(angle, [ANGLE.bearing, ANGLE.pitch])) place.push(...angle);
    const parts = [`map=${place.join("/")}`, `view=${view}`, `layers=${layers.join(",")}`];
    if (sel) parts.push(`sel=${sel}`);
    if (q) parts.push(`q=${encodeURIComponent(q)}`);
    return `#${parts.join("&")}`;
  }

  #write(isStep = false) {
    const isOvertaken = location.hash !== this.link; // by a newer link, which is read in a moment
    if (this.hash === location.hash || isOvertaken) return;
    history[isStep ? "pushState" : "replaceState"](null, "", this.hash);
    this.link = location.hash;
  }

  #read(announce = false) {
    this.link = location.hash;
    const parts = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    const found = placeOf(parts.get("map") ?? "");
    if (["2d", "3d"].includes(parts.get("view"))) found.view = parts.get("view");
    if (parts.has("layers")) found.layers = parts.get("layers").split(",").filter(Boolean);
    if (parts.size) Object.assign(found, { sel: parts.get("sel") ?? "", q: parts.get("q") ?? "" });
    if (announce) this.set(found, "link");
    else Object.assign(this.state, found);
  }
}

/** From zoom/lat/lng, in 3D with /bearing/pitch; nothing where that is no place. */
function placeOf(text) {
  const [zoom, lat, lng, bearing = ANGLE.bearing, pitch = ANGLE.pitch] = text.split("/").map(Number);
  if (!Number.isFinite(zoom) || !(Math.abs(lat) <= 85) || !(Math.abs(lng) <= 180)) return {};
  const isAngle = Number.isFinite(bearing) && Number.isFinite(pitch);
  const angle = isAngle ? { bearing, pitch: clamp(pitch, [0, STEEPEST]) } : ANGLE;
  return { zoom: clamp(zoom, ZOOMS), lat, lng, ...angle };
}

function clamp(value, [least, most]) {
  return Math.min(most, Math.max(least, value));
}

function same(a, b) {
  return Array.isArray(a) ? a.join() === b.join() : a === b;
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
