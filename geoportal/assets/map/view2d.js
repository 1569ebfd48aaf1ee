// The flat map: Leaflet with the raster base map, vector overlays, results and the selection.

import { color, dot, label } from "../basemap/markers.js";
import { baseMap, DEEPEST } from "../basemap/small_map.js";
import { EVERYWHERE, touches } from "../geography/tile_grid.js";
import { labelRules, nameOf, paintRules } from "./symbology.js";

const VECTOR_MARGIN = 64 / 4096; // of a tile, which shows that much of its neighbours
const PICTURE = 2; // zooms between a raster tile and the picture of four by four tiles in which its labels were placed
const PICTURE_MARGIN = 64 / 1024; // of such a picture
const HEIGHT = { polygon: 1, line: 2, point: 3 };
const PICK_RADIUS = 10; // pixels
const VEIL = 0.5; // of areas that the picture below shows too, with its names
const RADII = { plain: 7, pointed: 11 }; // pixels, of a result

export class View2d {
  constructor(store, settings, api) {
    Object.assign(this, { store, settings, api, opacity: settings.opacity });
    this.overlays = new Map();
    this.marks = new Map();
    this.map = L.map("map2d", {
      zoomControl: false,
      minZoom: 3,
      maxZoom: DEEPEST,
      zoomSnap: 1,
      attributionControl: false,
    });
    L.control.attribution({ prefix: false }).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.base = baseMap({ attribution: settings.attribution })
      .on("tileerror", () => this.failed?.())
      .addTo(this.map);
    this.results = L.layerGroup().addTo(this.map);
    this.position = L.layerGroup().addTo(this.map);
    const highlight = {
      color: color("selection-mark"),
      weight: 3,
      fillColor: color("selection-wash"),
      fillOpacity: 0.25,
    };
    this.selection = L.geoJSON(null, {
      style: highlight,
      pointToLayer: (_, at) => L.circleMarker(at, { ...highlight, radius: 11 }),
    }).addTo(this.map);
    this.#place();
    this.map.on("moveend", () => this.#moved());
    this.map.on("click", (event) => this.#clicked(event.latlng));
    if (matchMedia("(hover: hover)").matches) this.#hover();
    this.map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === this.map.getContainer())
        this.#clicked(this.map.getCenter());
    });
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
    const layer = this.settings.layers.find((other) => other.name === name);
    this.overlays.get(name)?.setOpacity(this.#opacityOf(layer));
  }

  select(geometry, lng, lat) {
    this.selection.clearLayers();
    if (geometry) this.selection.addData(geometry);
    else if (lng !== null && lng !== undefined)
      this.selection.addData({ type: "Point", coordinates: [lng, lat] });
  }

  /** Where the visitor is, with the circle within which that is true; metres. */
  showPosition({ lat, lng, accuracy }) {
    const here = color("here-mark");
    this.position.clearLayers();
    L.circle([lat, lng], { radius: accuracy, color: here, weight: 1, fillOpacity: 0.12, interactive: false })
      .addTo(this.position)
      .bringToBack();
    dot({ lat, lon: lng }, here, { weight: 3, text: gettext("You are here") }).addTo(this.position);
  }

  mark(results) {
    this.results.clearLayers();
    this.marks.clear();
    for (const found of results.filter((result) => result.lon !== null)) {
      const key = `${found.layer}/${found.id}`;
      const mark = dot(found, found.color, { radius: RADII.plain, text: found.title })
        .on("click", (event) => {
          L.DomEvent.stop(event);
          this.store.set({ sel: key });
        })
        .on("mouseover", () => this.pointed?.(key))
        .on("mouseout", () => this.pointed?.(null));
      this.marks.set(key, mark.addTo(this.results));
    }
    this.point(this.outstanding);
  }

  /** Lets the result with this key stand out, or none, now and when results are marked anew. */
  point(key) {
    this.outstanding = key;
    for (const [other, mark] of this.marks) {
      mark.setRadius(other === key ? RADII.pointed : RADII.plain);
      if (other === key) mark.bringToFront().openTooltip();
      else mark.closeTooltip();
    }
  }

  /** Asks again for the tiles that places touch; what is shown stays until the new tile is there. */
  renew(changes) {
    for (const [name, places] of changes) {
      const overlay = this.overlays.get(name);
      if (overlay) renewOverlay(overlay, places);
    }
    const drawn = this.settings.layers.filter((layer) => layer.base_map && changes.has(layer.name));
    const places = drawn.flatMap((layer) => changes.get(layer.name));
    // The pictures draw no blocks.
    this.#renewPictures(places.filter((place) => place.maxZoom === EVERYWHERE.maxZoom));
  }

  async #renewPictures(places) {
    for (const { el, coords } of Object.values(this.base._tiles)) {
      const picture = { x: coords.x >> PICTURE, y: coords.y >> PICTURE, z: Math.max(0, coords.z - PICTURE) };
      if (!touches(places, picture, PICTURE_MARGIN)) continue;
      const answer = await this.api.picture(this.base.getTileUrl(coords)).catch(() => null);
      if (!answer || !el.isConnected) continue;
      const renewed = URL.createObjectURL(answer);
      el.addEventListener("load", () => URL.revokeObjectURL(renewed), { once: true });
      el.src = renewed;
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
      url: layer.tiles.replace(/\.json$/, "/{z}/{x}/{y}.pbf"),
      maxDataZoom: 16,
      paintRules: paintRules(layer),
      labelRules: labelRules(layer, this.settings.language === "en"),
      attribution: "",
      noWrap: true,
      minZoom: layer.min_zoom,
      opacity: this.#opacityOf(layer),
      zIndex: HEIGHT[layer.geometry] + 1,
    });
    this.#watch(overlay);
    return overlay;
  }

  #opacityOf({ name, base_map: isBelow, geometry }) {
    return (this.opacity.get(name) ?? 1) * (isBelow && geometry === "polygon" ? VEIL : 1);
  }

  /** A tile that the portal cannot give now is said and asked for again. */
  #watch(overlay) {
    for (const { tileCache } of overlay.views.values()) {
      const get = tileCache.source.get.bind(tileCache.source);
      tileCache.source.get = (...asked) =>
        get(...asked).catch((problem) => {
          if (problem.name !== "AbortError") this.failed?.();
          throw problem;
        });
    }
  }

  #place() {
    const { lat, lng, zoom } = this.store.state;
    this.map.setView([lat, lng], Math.round(zoom), { animate: false });
  }

  #moved() {
    if (this.store.state.view !== "2d") return;
    const { lat, lng } = this.map.getCenter();
    this.store.set({ lat, lng, zoom: this.map.getZoom() }, "2d");
  }

  /** Names what lies under the pointer. */
  #hover() {
    const tip = L.tooltip({ direction: "top", offset: [0, -8] });
    let frame = 0;
    const look = (at) => {
      const picked = this.#pick(at);
      this.map.getContainer().classList.toggle("over-feature", Boolean(picked));
      if (picked?.name) tip.setLatLng(at).setContent(label(picked.name)).addTo(this.map);
      else tip.remove();
    };
    this.map.on("mousemove", ({ latlng }) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => look(latlng));
    });
    this.map.on("mouseout movestart", () => {
      cancelAnimationFrame(frame);
      tip.remove();
    });
  }

  #clicked(at) {
    const picked = this.#pick(at)?.sel;
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
        for (const { feature, layerName } of features)
          if (feature.id !== undefined && layerName === name)
            found.push({
              rank: order[layer.geometry],
              sel: `${name}/${feature.id}`,
              name: nameOf(layer, feature.props, this.settings.language === "en"),
            });
    }
    found.sort((a, b) => a.rank - b.rank);
    return found[0];
  }
}

function renewOverlay(overlay, places) {
  for (const { tileCache } of overlay.views.values())
    for (const key of [...tileCache.cache.keys(), ...tileCache.inflight.keys()]) {
      const [x, y, z] = key.split(":").map(Number);
      if (!touches(places, { x, y, z }, VECTOR_MARGIN)) continue;
      // An answer that is on its way may be older than the change.
      if (tileCache.inflight.has(key)) setTimeout(() => renewOverlay(overlay, places), 1000);
      tileCache.cache.delete(key);
    }
  overlay.clearLayout();
  overlay.rerenderTiles();
}
