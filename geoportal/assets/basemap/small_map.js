// The portal's raster base map, as a layer of the large map and below the small maps of pages.

const PICTURES = { maxNativeZoom: 19, maxZoom: 20 };

/** The address of its tiles stands in every page. */
export function baseMap(options = {}) {
  return L.tileLayer(baseMapAddress(), { ...PICTURES, ...options });
}

export function baseMapAddress({ x = "{x}", y = "{y}", z = "{z}" } = {}) {
  return document.body.dataset.baseMap.replace("{x}", x).replace("{y}", y).replace("{z}", z);
}

export function smallMap(box, options = {}) {
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, maxZoom: 20, ...options });
  baseMap().addTo(map);
  return map;
}
