// The noted rows of an import on a small map: red are held back, amber were repaired.

import { color, label } from "../basemap/markers.js";
import { smallMap } from "../basemap/small_map.js";
import { HttpError, portalClient } from "../http/client.js";

const box = document.getElementById("places");
const map = smallMap(box);

function colorOf({ held }) {
  return color(held ? "held-mark" : "repaired-mark");
}

function text({ name, wrong }) {
  return label(`${name}: ${wrong}`);
}

function show(collection) {
  const rows = L.geoJSON(collection, {
    style: ({ properties }) => ({ color: colorOf(properties), weight: 2, fillOpacity: 0.25 }),
    pointToLayer: (_, at) => L.circleMarker(at, { radius: 7 }),
    onEachFeature: ({ properties }, shape) => shape.bindTooltip(text(properties)),
  }).addTo(map);
  map.fitBounds(rows.getBounds(), { maxZoom: 17, padding: [24, 24] });
  rows.eachLayer((shape) => shape.getBounds && markArea(shape));
}

/** Areas may be too small to be seen from where all rows are; each gets a dot as well. */
function markArea(shape) {
  const { properties } = shape.feature;
  const style = { radius: 5, color: colorOf(properties), weight: 2, fillOpacity: 0.6 };
  L.circleMarker(shape.getBounds().getCenter(), style).bindTooltip(text(properties)).addTo(map);
}

try {
  show(await portalClient().get(box.dataset.rows));
} catch (problem) {
  if (!(problem instanceof HttpError)) throw problem;
  box.replaceWith(
    Object.assign(document.createElement("p"), { className: "problem", textContent: problem.message }),
  );
}
