// What changed while the map is open: from the change stream, else by asking again now and then.

import { EVERYWHERE } from "../geography/tile_grid.js";

const POLL_INTERVAL = 10_000; // milliseconds between questions while there is no stream
const GATHER = 150; // milliseconds in which changes are gathered into one
const MANY = 60; // places; above, the whole layer is asked for again
/** Tells of "change" ({layer: [place, …]}) and "time" ({to, live}: what the map is current to). */
export class ChangeStream extends EventTarget {
  constructor(settings, api) {
    super();
    this.api = api;
    this.versions = new Map(settings.layers.map((layer) => [layer.name, layer.version]));
    this.to = null;
    this.live = false;
    this.waiting = new Map();
    document.addEventListener("visibilitychange", () => this.#connect());
    setInterval(() => !this.live && !document.hidden && this.#poll(), POLL_INTERVAL);
    this.#connect();
  }

  /** A hidden page leaves its connection to the others: a browser has few for one portal. */
  #connect() {
    this.stream?.close();
    this.live = false;
    if (document.hidden) return;
    this.stream = new EventSource(this.api.addresses.changes);
    const on = (kind, act) => this.stream.addEventListener(kind, (event) => act(JSON.parse(event.data)));
    on("hello", ({ versions }) => this.#compare(versions, true));
    on("change", ({ layer, bbox, max_zoom = EVERYWHERE.maxZoom }) =>
      this.#add(layer, { bbox, maxZoom: max_zoom }),
    );
    on("time", ({ to }) => this.#time(new Date(to), true));
    on("everything", () => {
      for (const layer of this.versions.keys()) this.#add(layer, EVERYWHERE);
    });
    on("over", () => location.reload());
    this.stream.onerror = () => {
      const ended = this.stream.readyState === EventSource.CLOSED;
      this.#time(this.to, false);
      if (ended) setTimeout(() => !this.live && this.#connect(), POLL_INTERVAL);
    };
  }

  async #poll() {
    try {
      const { layers } = await this.api.layers();
      this.#compare(Object.fromEntries(layers.map((layer) => [layer.name, layer.version])), false);
    } catch {
      this.#time(this.to, false);
    }
  }

  #compare(versions, live) {
    for (const [layer, version] of Object.entries(versions)) {
      if (this.versions.get(layer) !== version) this.#add(layer, EVERYWHERE);
      this.versions.set(layer, version);
    }
    this.#time(new Date(), live);
  }

  #time(to, live) {
    this.to = to;
    this.live = live;
    this.dispatchEvent(new CustomEvent("time", { detail: { to, live } }));
  }

  #add(layer, place) {
    if (this.waiting.size === 0) setTimeout(() => this.#dispatch(), GATHER);
    const places = this.waiting.get(layer) ?? [];
    places.push(place);
    this.waiting.set(layer, places.length > MANY ? [EVERYWHERE] : places);
  }

  #dispatch() {
    const changes = this.waiting;
    this.waiting = new Map();
    this.dispatchEvent(new CustomEvent("change", { detail: changes }));
  }
}
