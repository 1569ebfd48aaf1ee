// A small map on our own raster base, for the pages of cases.

export function ground(box, options = {}) {
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, ...options });
  L.tileLayer(box.dataset.ground, { maxNativeZoom: 18, maxZoom: 20 }).addTo(map);
  return map;
}

export function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

// Text in a tooltip is text, whatever it holds.
export function label(text) {
  const words = document.createElement("span");
  words.textContent = text;
  return words;
}
