// The portal's raster base map, as a layer of the large map and below the small maps of pages.

export const DEEPEST = 20; // zoom

/** The address of its tiles stands in every page. */
export function baseMap(options = {}) {
  return L.tileLayer(baseMapAddress(), { maxZoom: DEEPEST, ...options });
}

export function baseMapAddress({ x = "{x}", y = "{y}", z = "{z}" } = {}) {
  return document.body.dataset.baseMap.replace("{x}", x).replace("{y}", y).replace("{z}", z);
}

export function smallMap(box, options = {}) {
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, maxZoom: DEEPEST, ...options });
  baseMap().addTo(map);
  return map;
}
