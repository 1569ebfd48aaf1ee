// The virtual city: MapLibre GL over the same tiles. Its zoom is Leaflet's minus one.

import { color } from "../basemap/markers.js";
import { circle } from "../geography/circle.js";
import { tilesOfPlaces } from "../geography/tile_grid.js";
import { nameOf } from "./symbology.js";
import { Terrain } from "./terrain.js";

// Tiles asked for one by one; above, the whole layer. A tile shows that share of its neighbours.
const RENEWAL = { deepest: 16, most: 400, margin: 64 / 4096 };
/** By the kind of a part of the style, what makes it fainter. */
const OPACITIES = {
  fill: "fill-opacity",
  line: "line-opacity",
  circle: "circle-opacity",
  symbol: "text-opacity",
  "fill-extrusion": "fill-extrusion-opacity",
  hillshade: "hillshade-exaggeration",
};
const SELECTION = "selection";
const POSITION = "position";
const NOTHING = { type: "FeatureCollection", features: [] };

export class NoWebGl extends Error {}

export class View3d {
  static async open(store, settings, api) {
    if (!document.createElement("canvas").getContext("webgl2"))
      throw new NoWebGl(gettext("This browser has no WebGL, which 3D needs. The flat map shows the same."));
    addStylesheet(settings.maplibreCss);
    const maplibre = await import(settings.maplibre);
    maplibre.setWorkerUrl(settings.maplibreWorker);
    const style = await api.style(settings.style);
    return new View3d(maplibre, style, store, settings, api);
  }

  constructor(maplibre, style, store, settings, api) {
    Object.assign(this, { maplibre, store, settings, opacity: settings.opacity });
    this.whole = new Map(style.layers.map(({ id, type, paint }) => [id, paint?.[OPACITIES[type]] ?? 1]));
    this.marks = new Map();
    this.base = new Set(settings.layers.filter((layer) => layer.base_map).map(({ name }) => name));
    this.map = new maplibre.Map({
      container: "map3d",
      style: this.#withVisibility(style),
      ...cameraOf(store.state),
      maxZoom: 19,
      maxPitch: 70,
      attributionControl: { compact: false, customAttribution: settings.attribution },
      locale: {
        "Map.Title": gettext("Map, three-dimensional"),
        "AttributionControl.ToggleAttribution": gettext("Show the sources"),
      },
    });
    this.map.addControl(new maplibre.ScaleControl({ maxWidth: 110 }), "bottom-right");
    this.terrain = new Terrain(this.map, settings.layers, this.opacity, api);
    this.ready = new Promise((resolve) => this.map.once("load", resolve));
    this.ready.then(() => this.#prepare());
    this.map.on("error", ({ error }) => error?.status >= 500 && this.failed?.());
    this.map.on("moveend", (event) => event.originalEvent !== undefined && this.#moved());
    this.map.on("click", (event) => this.#clicked(event));
    if (matchMedia("(hover: hover)").matches) this.#hover();
    store.on(["lat", "lng", "zoom", "bearing", "pitch"], (_, origin) => origin !== "3d" && this.#place());
    store.on(["layers"], () => this.ready.then(() => this.show()));
  }

  show() {
    const wanted = new Set(this.store.state.layers);
    this.terrain.show(wanted);
    for (const part of this.map.getStyle().layers) {
      const name = part.metadata?.layer;
      if (!name) continue;
      this.map.setLayoutProperty(part.id, "visibility", this.#visibility(name));
      if (wanted.has(name)) this.fade(name);
    }
  }

  #visibility(name) {
    return this.base.has(name) || this.store.state.layers.includes(name) ? "visible" : "none";
  }

  /** Of layers that are off nothing is asked for, not even at first. */
  #withVisibility(style) {
    const layers = style.layers.map((part) => {
      const name = part.metadata?.layer;
      return name ? { ...part, layout: { ...part.layout, visibility: this.#visibility(name) } } : part;
    });
    return { ...style, layers };
  }

  fade(name) {
    const share = this.opacity.get(name) ?? 1;
    for (const part of this.map.getStyle().layers)
      if (part.metadata?.layer === name) {
        const whole = this.whole.get(part.id) ?? part.metadata.opacity;
        this.map.setPaintProperty(part.id, OPACITIES[part.type], whole * share);
      }
  }

  async select(geometry, lng, lat, height) {
    await this.ready;
    const point = lng === null || lng === undefined ? null : { type: "Point", coordinates: [lng, lat] };
    const shape = geometry ?? point;
    const features = shape
      ? [{ type: "Feature", properties: { height: (height ?? 0) + 0.6 }, geometry: shape }]
      : [];
    this.map.getSource(SELECTION).setData({ type: "FeatureCollection", features });
  }

  /** Where the visitor is, with the circle within which that is true; metres. */
  async showPosition({ lat, lng, accuracy }) {
    await this.ready;
    const geometry = circle({ lon: lng, lat }, accuracy);
    this.map.getSource(POSITION).setData({ type: "Feature", properties: {}, geometry });
    const element = Object.assign(document.createElement("span"), { className: "here" });
    element.title = gettext("You are here");
    this.here ??= new this.maplibre.Marker({ element });
    this.here.setLngLat([lng, lat]).addTo(this.map);
  }

  async mark(results) {
    await this.ready;
    for (const mark of this.marks.values()) mark.remove();
    this.marks.clear();
    for (const found of results.filter(({ lon }) => lon !== null)) {
      const key = `${found.layer}/${found.id}`;
      const mark = new this.maplibre.Marker({ color: found.color, scale: 0.7 });
      const element = mark.getElement();
      element.title = found.title;
      element.addEventListener("click", (event) => {
        event.stopPropagation();
        this.store.set({ sel: key });
      });
      element.addEventListener("mouseenter", () => this.pointed?.(key));
      element.addEventListener("mouseleave", () => this.pointed?.(null));
      this.marks.set(key, mark.setLngLat([found.lon, found.lat]).addTo(this.map));
    }
    this.point(this.outstanding);
  }

  /** Lets the result with this key stand out, or none, now and when results are marked anew. */
  point(key) {
    this.outstanding = key;
    for (const [other, mark] of this.marks) mark.getElement().classList.toggle("pointed", other === key);
  }

  /** Asks again for the tiles that places touch; what is shown stays until the new tile is there. */
  async renew(changes) {
    await this.ready;
    for (const [name, places] of changes) {
      if (this.map.getSource(name)) this.map.refreshTiles(name, tilesOfPlaces(places, RENEWAL));
      if (this.terrain.has(name)) await this.terrain.renew();
    }
  }

  get bbox() {
    return this.map.getBounds().toArray().flat().join(",");
  }

  refresh() {
    this.map.resize();
    this.#place();
  }

  #prepare() {
    for (const source of [POSITION, SELECTION])
      this.map.addSource(source, { type: "geojson", data: NOTHING });
    this.map.addLayer({
      id: "position:area",
      type: "fill",
      source: POSITION,
      paint: { "fill-color": color("here-mark"), "fill-opacity": 0.12 },
    });
    const area = ["==", ["geometry-type"], "Polygon"];
    this.map.addLayer({
      id: "selection:area",
      type: "fill-extrusion",
      source: SELECTION,
      filter: area,
      paint: {
        "fill-extrusion-color": color("selection-wash"),
        "fill-extrusion-height": ["get", "height"],
        "fill-extrusion-opacity": 0.75,
      },
    });
    this.map.addLayer({
      id: "selection:line",
      type: "line",
      source: SELECTION,
      paint: { "line-color": color("selection-mark"), "line-width": 3 },
    });
    this.map.addLayer({
      id: "selection:point",
      type: "circle",
      source: SELECTION,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 10,
        "circle-color": color("selection-wash"),
        "circle-opacity": 0.45,
        "circle-stroke-color": color("selection-mark"),
        "circle-stroke-width": 3,
      },
    });
    this.show();
  }

  #place() {
    this.map.jumpTo(cameraOf(this.store.state));
  }

  #moved() {
    if (this.store.state.view !== "3d") return;
    const { lat, lng } = this.map.getCenter();
    const [bearing, pitch] = [this.map.getBearing(), this.map.getPitch()];
    this.store.set({ lat, lng, zoom: this.map.getZoom() + 1, bearing, pitch }, "3d");
  }

  /** Names what lies under the pointer. */
  #hover() {
    const tip = new this.maplibre.Popup({ closeButton: false, closeOnClick: false, className: "tip" });
    let frame = 0;
    const look = ({ point, lngLat }) => {
      const found = this.#pick(point);
      const layer = this.settings.layers.find(({ name }) => name === found?.source);
      const name = layer ? nameOf(layer, found.properties, this.settings.language === "en") : "";
      this.map.getCanvas().classList.toggle("over-feature", Boolean(found));
      if (name) tip.setLngLat(lngLat).setText(name).addTo(this.map);
      else tip.remove();
    };
    this.map.on("mousemove", (event) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => look(event));
    });
    for (const name of ["mouseout", "movestart"])
      this.map.on(name, () => {
        cancelAnimationFrame(frame);
        tip.remove();
      });
  }

  /** The top visible feature of a layer that is on, or building, at a place of the screen. */
  #pick(point) {
    const wanted = new Set([...this.store.state.layers, "buildings"]);
    return this.map
      .queryRenderedFeatures(point)
      .find((feature) => feature.id !== undefined && wanted.has(feature.source));
  }

  #clicked(event) {
    const found = this.#pick(event.point);
    const { lat, lng } = event.lngLat.wrap();
    this.store.set({
      sel: found ? `${found.source}/${found.id}` : `at/${lat.toFixed(6)},${lng.toFixed(6)}`,
    });
  }
}

function cameraOf({ lat, lng, zoom, bearing, pitch }) {
  return { center: [lng, lat], zoom: zoom - 1, bearing, pitch };
}

function addStylesheet(href) {
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}
