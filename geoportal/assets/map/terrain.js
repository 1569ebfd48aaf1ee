// The ground of the 3D map: heights that it stands on, and their shade.

const GROUND = "ground";
const SHADE = "ground-shade";
const STRENGTH = 0.45;

export class Terrain {
  /** `layers` are those of the catalogue; what has heights names where they are described. */
  constructor(map, layers, opacity, api) {
    this.map = map;
    this.api = api;
    this.opacity = opacity;
    this.layer = layers.find((layer) => layer.heights);
    this.wanted = false;
  }

  has(name) {
    return this.layer?.name === name;
  }

  /** Puts the map on the ground where the layer is among the wanted names, else on the plane. */
  async show(names) {
    const wanted = names.has(this.layer?.name);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) await this.#raise();
    else this.map.setTerrain(null);
  }

  /** Heights changed: they are described and asked for anew. */
  async renew() {
    this.#remove();
    if (this.wanted) await this.#raise();
  }

  async #raise() {
    const described = this.map.getSource(GROUND) ?? (await this.api.heights(this.layer));
    // Where nothing was loaded the map stays flat.
    if (!described || !this.wanted) return;
    if (!this.map.getSource(GROUND)) this.#add(described);
    this.map.setTerrain({ source: GROUND, exaggeration: 1 });
  }

  #add({ tiles, minzoom, maxzoom, bounds, encoding, tileSize }) {
    const source = { type: "raster-dem", tiles, minzoom, maxzoom, bounds, encoding, tileSize };
    this.map.addSource(GROUND, source);
    this.map.addSource(SHADE, source); // of its own, as the renderer keeps other zooms of it
    const strength = STRENGTH * (this.opacity.get(this.layer.name) ?? 1);
    const first = this.map.getStyle().layers.find(({ type }) => type === "line" || type === "fill-extrusion");
    this.map.addLayer(
      {
        id: SHADE,
        type: "hillshade",
        source: SHADE,
        paint: { "hillshade-exaggeration": strength, "hillshade-shadow-color": "#4b4636" },
        metadata: { layer: this.layer.name, opacity: STRENGTH },
      },
      first?.id,
    );
  }

  #remove() {
    this.map.setTerrain(null);
    if (this.map.getLayer(SHADE)) this.map.removeLayer(SHADE);
    for (const name of [SHADE, GROUND]) if (this.map.getSource(name)) this.map.removeSource(name);
  }
}
