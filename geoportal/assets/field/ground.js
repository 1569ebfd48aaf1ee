// A small map: the portal's base map where its tiles are at hand, and always a grid with coordinates below it.

const TILES = "/mapproxy/tiles/1.0.0/basemap/webmercator/{z}/{x}/{y}.png";
const LINE = "#cfc9bb";
const INK = "#5f5b52";

export function groundMap(box, label) {
  const map = L.map(box, { attributionControl: false, minZoom: 9, maxZoom: 19, zoomSnap: 1 });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", label);
  new Grid({ pane: "tilePane", zIndex: 1 }).addTo(map);
  L.tileLayer(TILES, { maxNativeZoom: 18, maxZoom: 19, zIndex: 2 }).addTo(map);
  return map;
}

const Grid = L.GridLayer.extend({
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

/** Ask for the tiles around a position once, so that the worker keeps them for when there is no network. */
export async function keepAround({ lon, lat }, signal) {
  const wanted = [];
  for (const zoom of [14, 15, 16, 17]) {
    const [x, y] = tileOf(lon, lat, zoom);
    for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) wanted.push([zoom, x + dx, y + dy]);
  }
  for (const [z, x, y] of wanted) {
    const address = TILES.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    const answer = await fetch(address, { signal }).catch(() => null);
    if (!answer) return;
  }
}

function tileOf(lon, lat, zoom) {
  const side = 2 ** zoom;
  const phi = (lat * Math.PI) / 180;
  const y = (1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2;
  return [Math.floor(((lon + 180) / 360) * side), Math.floor(y * side)];
}
