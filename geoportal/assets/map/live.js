// What changed while the map is open: from the change stream, else by asking again now and then.

const ASK_EVERY = 10_000; // milliseconds between questions while there is no stream
const GATHER = 150; // milliseconds in which changes are gathered into one
const MANY = 60; // places; above, the whole layer is asked for again
/** A place: where, in degrees, and the deepest zoom of the tiles that changed there. */
export const EVERYWHERE = { bbox: [-180, -86, 180, 86], maxZoom: Number.POSITIVE_INFINITY };

/** Tells of "change" ({layer: [place, …]}) and "time" ({to, live}: what the map is current to). */
export class Live extends EventTarget {
  constructor(settings, api) {
    super();
    this.api = api;
    this.versions = new Map(settings.layers.map((layer) => [layer.name, layer.version]));
    this.to = null;
    this.live = false;
    this.waiting = new Map();
    document.addEventListener("visibilitychange", () => this.#follow());
    setInterval(() => !this.live && !document.hidden && this.#ask(), ASK_EVERY);
    this.#follow();
  }

  /** A hidden page leaves its connection to the others: a browser has few for one portal. */
  #follow() {
    this.stream?.close();
    this.live = false;
    if (document.hidden) return;
    this.stream = new EventSource("/changes/");
    const on = (kind, act) => this.stream.addEventListener(kind, (event) => act(JSON.parse(event.data)));
    on("hello", ({ versions }) => this.#compare(versions, true));
    on("change", ({ layer, bbox, max_zoom = EVERYWHERE.maxZoom }) =>
      this.#changed(layer, { bbox, maxZoom: max_zoom }),
    );
    on("time", ({ to }) => this.#current(new Date(to), true));
    on("everything", () => {
      for (const layer of this.versions.keys()) this.#changed(layer, EVERYWHERE);
    });
    on("over", () => location.reload());
    this.stream.onerror = () => {
      const ended = this.stream.readyState === EventSource.CLOSED;
      this.#current(this.to, false);
      if (ended) setTimeout(() => !this.live && this.#follow(), ASK_EVERY);
    };
  }

  async #ask() {
    try {
      const { layers } = await this.api.layers();
      this.#compare(Object.fromEntries(layers.map((layer) => [layer.name, layer.version])), false);
    } catch {
      this.#current(this.to, false);
    }
  }

  #compare(versions, live) {
    for (const [layer, version] of Object.entries(versions)) {
      if (this.versions.get(layer) !== version) this.#changed(layer, EVERYWHERE);
      this.versions.set(layer, version);
    }
    this.#current(new Date(), live);
  }

  #current(to, live) {
    this.to = to;
    this.live = live;
    this.dispatchEvent(new CustomEvent("time", { detail: { to, live } }));
  }

  #changed(layer, place) {
    if (this.waiting.size === 0) setTimeout(() => this.#tell(), GATHER);
    const places = this.waiting.get(layer) ?? [];
    places.push(place);
    this.waiting.set(layer, places.length > MANY ? [EVERYWHERE] : places);
  }

  #tell() {
    const changes = this.waiting;
    this.waiting = new Map();
    this.dispatchEvent(new CustomEvent("change", { detail: changes }));
  }
}

/** Columns and rows (first and last) of the tiles of a zoom that a place touches, their margin included. */
export function tilesTouching({ bbox: [west, south, east, north] }, zoom, margin) {
  const last = 2 ** zoom - 1;
  const column = (lng) => ((lng + 180) / 360) * 2 ** zoom;
  const row = (lat) =>
    ((1 - Math.asinh(Math.tan((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180)) / Math.PI) / 2) *
    2 ** zoom;
  const within = (number) => Math.max(0, Math.min(last, Math.floor(number)));
  return {
    columns: [within(column(west) - margin), within(column(east) + margin)],
    rows: [within(row(north) - margin), within(row(south) + margin)],
  };
}

export function touches(places, { x, y, z }, margin) {
  return places.some((place) => {
    if (z > place.maxZoom) return false;
    const { columns, rows } = tilesTouching(place, z, margin);
    return columns[0] <= x && x <= columns[1] && rows[0] <= y && y <= rows[1];
  });
}
