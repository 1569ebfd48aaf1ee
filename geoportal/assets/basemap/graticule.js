// A grid with coordinates, seen where the base map's pictures are not at hand.

const LINE = "#cfc9bb";
const INK = "#5f5b52";

export function graticule() {
  return new Graticule({ pane: "tilePane", zIndex: 0 });
}

const Graticule = L.GridLayer.extend({
  createTile(coords) {
    const size = this.getTileSize();
    const tile = L.DomUtil.create("canvas");
    tile.width = size.x;
    tile.height = size.y;
    const corner = this._map.unproject(coords.scaleBy(size), coords.z);
    const pen = tile.getContext("2d");
    pen.strokeStyle = LINE;
    pen.strokeRect(0.5, 0.5, size.x, size.y);
    pen.fillStyle = INK;
    pen.font = "11px system-ui, sans-serif";
    pen.fillText(`${corner.lng.toFixed(4)}, ${corner.lat.toFixed(4)}`, 5, 14);
    return tile;
  },
});
