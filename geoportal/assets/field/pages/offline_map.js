// A small map that shows something without a network: the base map as far as it is kept, else a grid with coordinates.

import { graticule } from "../../basemap/graticule.js";
import { baseMapAddress, smallMap } from "../../basemap/small_map.js";
import { tilesAround } from "../../geography/tile_grid.js";

const KEPT_ZOOMS = [14, 15, 16, 17];

export function offlineMap(box, label) {
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", label);
  const map = smallMap(box, { minZoom: 9, maxZoom: 19, scrollWheelZoom: true });
  graticule().addTo(map);
  return map;
}

/** Asks for the pictures around a position once, so that the worker keeps them for when there is no network. */
export async function keepMapAround(position, client, signal) {
  for (const tile of KEPT_ZOOMS.flatMap((zoom) => tilesAround(position, zoom)))
    try {
      await client.blob(baseMapAddress(tile), { signal });
    } catch {
      return;
    }
}
