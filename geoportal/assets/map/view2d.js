// The flat map: Leaflet with the raster base map, vector overlays, results and the selection.

import { labelRules, paintRules } from "./paint.js";

const PICK_RADIUS = 10; // pixels
const HIGHLIGHT = { color: "#c2410c", weight: 3, fillColor: "#f59e0b", fillOpacity: 0.25 };

export class View2d {
  constructor(store, settings, opacity) {
    this.store = store;
    this.settings = settings;
    this.opacity = opacity;
    this.overlays = new Map();
    this.map = L.map("map2d", {
      zoomControl: false,
      minZoom: 3,
      maxZoom: 19,
      zoomSnap: 1,
      attributionControl: false,
    });
    L.control.attribution({ prefix: false }).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    L.tileLayer(settings.basemap, {
      maxNativeZoom: 18,
      maxZoom: 19,
      attribution: settings.attribution,
    }).addTo(this.map);
    this.results = L.layerGroup().addTo(this.map);
    this.selection = L.geoJSON(null, {
      style: HIGHLIGHT,
      pointToLayer: (_, at) => L.circleMarker(at, { ...HIGHLIGHT, radius: 11 }),
    }).addTo(this.map);
    this.#place();
    this.map.on("moveend", () => this.#moved());
    this.map.on("click", (event) => this.#clicked(event.latlng));
    store.on(["lat", "lng", "zoom"], (_, origin) => origin !== "2d" && this.#place());
    store.on(["layers"], () => this.show());
    this.show();
  }

  show() {
    const wanted = new Set(this.store.state.layers);
    for (const [name, overlay] of this.overlays)
      if (!wanted.has(name)) {
        overlay.remove();
        this.overlays.delete(name);
      }
    for (const layer of this.settings.layers)
      if (wanted.has(layer.name) && layer.tiles && !this.overlays.has(layer.name))
        this.overlays.set(layer.name, this.#overlay(layer).addTo(this.map));
  }

  fade(name) {
    this.overlays.get(name)?.setOpacity(this.opacity.get(name) ?? 1);
  }

  select(geometry, lng, lat) {
    this.selection.clearLayers();
    if (geometry) this.selection.addData(geometry);
    else if (lng !== null && lng !== undefined)
      this.selection.addData({ type: "Point", coordinates: [lng, lat] });
  }

  mark(results) {
    this.results.clearLayers();
    for (const found of results.filter((result) => result.lon !== null)) {
      const style = { radius: 7, color: "#ffffff", weight: 2, fillColor: found.color, fillOpacity: 1 };
      L.circleMarker([found.lat, found.lon], style)
        .bindTooltip(document.createTextNode(found.title).textContent.replaceAll("<", "‹"))
        .on("click", (event) => {
          L.DomEvent.stop(event);
          this.store.set({ sel: `${found.layer}/${found.id}` });
        })
        .addTo(this.results);
    }
  }

  get bbox() {
    return this.map.getBounds().toBBoxString();
  }

  refresh() {
    this.map.invalidateSize();
    this.#place();
  }

  #overlay(layer) {
    const overlay = protomapsL.leafletLayer({
      url: `/tiles/${layer.name}/{z}/{x}/{y}.pbf`,
      maxDataZoom: 16,
      paintRules: paintRules(layer),
      labelRules: labelRules(layer, this.settings.language === "en"),
      attribution: "",
      noWrap: true,
      minZoom: layer.min_zoom,
      opacity: this.opacity.get(layer.name) ?? 1,
    });
    return overlay;
  }

  #place() {
    const { lat, lng, zoom } = this.store.state;
    this.map.setView([lat, lng], Math.round(zoom), { animate: false });
  }

  #moved() {
    if (this.store.state.view !== "2d") return;
    const { lat, lng } = this.map.getCenter();
    this.store.set({ lat, lng, zoom: this.map.getZoom(), placed: true }, "2d");
  }

  #clicked(at) {
    const picked = this.#pick(at);
    this.store.set({ sel: picked ?? `at/${at.lat.toFixed(6)},${at.wrap().lng.toFixed(6)}` });
  }

  /** The top visible feature under a position: points before lines before areas. */
  #pick(at) {
    const order = { point: 0, line: 1, polygon: 2 };
    const found = [];
    for (const [name, overlay] of this.overlays) {
      const layer = this.settings.layers.find((other) => other.name === name);
      if (this.map.getZoom() < layer.min_zoom) continue;
      for (const features of overlay.queryTileFeaturesDebug(at.lng, at.lat, PICK_RADIUS).values())
        for (const { feature } of features)
          found.push({ rank: order[layer.geometry], sel: `${name}/${feature.id}` });
    }
    found.sort((a, b) => a.rank - b.rank);
    return found[0]?.sel;
  }
}
