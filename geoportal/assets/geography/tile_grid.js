// The grid of web map tiles (Web Mercator, 2^zoom columns and rows). Positions in degrees; bbox west, south, east, north.

const NORTHMOST = 85.0511; // degrees, where the grid ends

/** A place where tiles changed: its bbox, and the deepest zoom of the tiles that show it. */
export const EVERYWHERE = { bbox: [-180, -86, 180, 86], maxZoom: Number.POSITIVE_INFINITY };

/** First and last column and row of the tiles that a bbox touches; a tile shows `margin` tiles of its neighbours. */
export function tileRange([west, south, east, north], zoom, margin = 0) {
  const last = 2 ** zoom - 1;
  const within = (number) => Math.max(0, Math.min(last, Math.floor(number)));
  return {
    columns: [within(column(west, zoom) - margin), within(column(east, zoom) + margin)],
    rows: [within(row(north, zoom) - margin), within(row(south, zoom) + margin)],
  };
}

/** The tile of a position with its neighbours, {x, y, z}. */
export function tilesAround({ lon, lat }, zoom) {
  const { columns, rows } = tileRange([lon, lat, lon, lat], zoom, 1);
  return tiles(columns, rows, zoom);
}

/** The tiles of all zooms up to `deepest` that places touch; undefined for more than `most`. */
export function tilesOfPlaces(places, { deepest, margin, most }) {
  if (places.includes(EVERYWHERE)) return undefined;
  const found = [];
  for (const { bbox, maxZoom } of places)
    for (let zoom = 0; zoom <= Math.min(deepest, maxZoom); zoom++) {
      const { columns, rows } = tileRange(bbox, zoom, margin);
      if ((columns[1] - columns[0] + 1) * (rows[1] - rows[0] + 1) + found.length > most) return undefined;
      found.push(...tiles(columns, rows, zoom));
    }
  return found;
}

/** Whether one of the places lies on the tile or its margin. */
export function touches(places, { x, y, z }, margin) {
  return places.some(({ bbox, maxZoom }) => {
    if (z > maxZoom) return false;
    const { columns, rows } = tileRange(bbox, z, margin);
    return columns[0] <= x && x <= columns[1] && rows[0] <= y && y <= rows[1];
  });
}

function tiles(columns, rows, z) {
  const found = [];
  for (let x = columns[0]; x <= columns[1]; x++)
    for (let y = rows[0]; y <= rows[1]; y++) found.push({ x, y, z });
  return found;
}

function column(lon, zoom) {
  return ((lon + 180) / 360) * 2 ** zoom;
}

function row(lat, zoom) {
  const phi = (Math.max(-NORTHMOST, Math.min(NORTHMOST, lat)) * Math.PI) / 180;
  return ((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * 2 ** zoom;
}
