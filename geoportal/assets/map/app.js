// The map page: puts its parts together, in 2D and, when it is asked for, in 3D.

import { EVERYWHERE } from "../geography/tile_grid.js";
import { pageData } from "../html/page_data.js";
import { portalClient } from "../http/client.js";
import { Api } from "./api.js";
import { ChangeStream } from "./change_stream.js";
import { LayerList } from "./layer_list.js";
import { Panel } from "./panel.js";
import { PlaceCard } from "./place_card.js";
import { Search } from "./search.js";
import { Store } from "./store.js";
import { Toast } from "./toast.js";
import { Tools } from "./tools.js";
import { View2d } from "./view2d.js";

const RETRY = 10_000; // milliseconds until tiles that cannot be drawn are asked for again
const DISTRICT = [121.6, 29.7, 122.2, 30]; // where nothing was loaded

class MapPage {
  constructor(settings) {
    this.settings = settings;
    settings.opacity = new Map();
    const mapped = settings.layers.filter(({ geometry }) => geometry !== "none");
    settings.attribution = [...new Set(mapped.flatMap(({ sources }) => sources ?? []))].join(" · ");
    this.store = new Store(settings, startOf(settings.extent));
    this.api = new Api(portalClient(), settings.addresses);
    this.panel = new Panel(settings);
    this.toast = new Toast(document.getElementById("toast"));
    /** What all views show: search results, the selected place, where the visitor is. */
    this.results = [];
    this.place = null;
    this.position = null;
    this.flat = new View2d(this.store, settings, this.api);
    this.#connect(this.flat);
    this.city = null;
    this.#build();
    document
      .getElementById("whole-map")
      ?.addEventListener("click", ({ currentTarget }) =>
        Object.assign(currentTarget, { hash: location.hash }),
      );
    this.store.on(["view"], () => this.#switchView());
    if (this.store.state.view === "3d") this.#switchView();
    document.documentElement.dataset.ready = "true";
  }

  get views() {
    return this.city ? [this.flat, this.city] : [this.flat];
  }

  get view() {
    return this.store.state.view === "3d" && this.city ? this.city : this.flat;
  }

  #build() {
    const { store, settings, api } = this;
    const announce = (sentence) => this.toast.show(sentence);
    this.layers = new LayerList(document.getElementById("tab-layers"), store, settings, {
      fade: (name) => this.#each((view) => view.fade(name)),
      searchWithin: (query, name, isQuiet) => this.search.run(query, name, isQuiet),
    });
    this.search = new Search(store, api, {
      bbox: () => this.view.bbox,
      show: (results, isOpen) => this.#showResults(results, isOpen),
      pointed: (key) => this.#point(key),
    });
    this.card = new PlaceCard(document.getElementById("tab-place"), store, api, {
      announce,
      show: () => this.panel.open("place"),
      highlight: (place) => {
        this.place = place;
        this.#each((view) => this.#select(view));
      },
    });
    this.tools = new Tools(document.getElementById("tools"), store, {
      announce,
      showPosition: (position) => {
        this.position = position;
        this.#each((view) => view.showPosition(position));
      },
    });
    this.changes = new ChangeStream(settings, api);
    this.changes.addEventListener("change", ({ detail }) => this.#each((view) => view.renew(detail)));
    this.changes.addEventListener("time", ({ detail }) => this.layers.setFreshness(detail));
  }

  #connect(view) {
    view.failed = () => this.#retry();
    view.pointed = (key) => this.#point(key);
  }

  /** What the list or a map points at stands out in all of them. */
  #point(key) {
    this.search.point(key);
    this.#each((view) => view.point(key));
  }

  #each(act) {
    for (const view of this.views) act(view);
  }

  #showResults(results, isOpen) {
    this.results = results;
    this.#each((view) => view.mark(results));
    const isTyping = document.activeElement === this.search?.field;
    if (isOpen && (isTyping || !this.store.state.sel)) this.panel.open("results");
  }

  #select(view) {
    const { place } = this;
    const height = place?.layer === "buildings" ? place.height : 0;
    view.select(place?.geometry ?? null, place?.lon, place?.lat, height);
  }

  async #switchView() {
    const isDeep = this.store.state.view === "3d";
    const [map2d, map3d] = ["map2d", "map3d"].map((id) => document.getElementById(id));
    try {
      if (isDeep && !this.city) {
        map3d.hidden = false;
        const { View3d } = await import("./view3d.js");
        this.city = await View3d.open(this.store, this.settings, this.api);
        this.#connect(this.city);
        this.city.mark(this.results);
        if (this.position) this.city.showPosition(this.position);
      }
    } catch (problem) {
      this.toast.show(problem.message);
      map3d.hidden = true;
      this.store.set({ view: "2d" });
      return;
    }
    map3d.hidden = !isDeep;
    map2d.style.visibility = isDeep ? "hidden" : "visible";
    this.view.refresh();
    this.#select(this.view);
  }

  /** Tiles that cannot be drawn now: said once, and asked for again until they can. */
  #retry() {
    if (this.retrying) return;
    this.toast.show(gettext("Part of the map cannot be drawn now; it is tried again."));
    this.retrying = setTimeout(() => {
      this.retrying = undefined;
      const everywhere = new Map(this.settings.layers.map(({ name }) => [name, [EVERYWHERE]]));
      this.#each((view) => view.renew(everywhere));
    }, RETRY);
  }
}

/** Where the map opens: the district's middle, as near as it fits beside the panel. */
function startOf(extent) {
  const [west, south, east, north] = extent ?? DISTRICT;
  const width = ((east - west) / 360) * 256;
  const fitting = Math.floor(Math.log2(Math.max(320, innerWidth - 420) / Math.max(width, 1e-6)));
  const isWide = extent && east - west > 0.25;
  const zoom = Math.min(16, Math.max(3, isWide ? Math.max(fitting, 12) : fitting));
  return { lat: (south + north) / 2, lng: (west + east) / 2, zoom };
}

new MapPage(pageData("settings"));
