// The answer on a small map; what is chosen there is chosen in the table, and the other way round.

import { label } from "../basemap/markers.js";
import { smallMap } from "../basemap/small_map.js";
import { pageData } from "../html/page_data.js";
import { HttpError, portalClient } from "../http/client.js";
import { Drawing } from "./drawing.js";

const { items, features, title, paint } = pageData("result-map-data");
const box = document.getElementById("result-map");
const told = document.getElementById("selection");
const table = document.getElementById("result-table");
const shapes = new Map(); // by number
let chosen = null;

function colorOf({ color, [paint.attribute]: value }) {
  if (color) return color;
  if (paint.values) return paint.values[String(value)] ?? paint.default;
  if (!paint.steps) return paint.default;
  return paint.steps.reduce((color, [limit, next]) => ((value ?? 0) >= limit ? next : color), paint.default);
}

function style({ properties, geometry }, isChosen = false) {
  const color = colorOf(properties);
  const line = geometry.type.includes("Line");
  return {
    color: isChosen ? "#000000" : line ? color : "#555555",
    weight: isChosen ? 4 : line ? 3 : 1,
    fillColor: color,
    fillOpacity: line ? 0 : 0.85,
  };
}

function choose(id) {
  const before = shapes.get(chosen);
  before?.setStyle(style(before.feature));
  table?.querySelector("tr.chosen")?.classList.remove("chosen");
  chosen = id;
  const shape = shapes.get(id);
  shape?.setStyle(style(shape.feature, true)).bringToFront();
  const row = table?.querySelector(`tr[data-id="${id}"]`);
  row?.classList.add("chosen");
  told.textContent = shape ? (shape.feature.properties[title] ?? String(id)) : "";
  return { shape, row };
}

function show(collection) {
  const map = smallMap(box);
  const drawn = L.geoJSON(collection, {
    filter: ({ geometry }) => geometry !== null,
    style: (feature) => style(feature),
    pointToLayer: ({ properties }, at) => L.circleMarker(at, { radius: properties.radius ?? 6 }),
    onEachFeature: (feature, shape) => {
      shapes.set(feature.id, shape);
      shape.bindTooltip(label(feature.properties[title] ?? String(feature.id)));
      shape.on(
        "click",
        () =>
          box.classList.contains("choosing") || choose(feature.id).row?.scrollIntoView({ block: "nearest" }),
      );
    },
  }).addTo(map);
  if (shapes.size) map.fitBounds(drawn.getBounds(), { maxZoom: 17, padding: [24, 24] });
  else map.setView([29.9, 121.85], 11);
  const form = document.getElementById("drawing");
  if (form) new Drawing(map, form, () => offer(form));
  table?.addEventListener("click", (event) => pick(event.target, map));
  table?.addEventListener("focusin", (event) => pick(event.target, map));
}

/** What can be done with the shape that was drawn. */
function offer(form) {
  const buttons = form.querySelectorAll("button[type=submit]");
  for (const button of buttons) button.disabled = false;
  buttons[0].focus();
}

function pick(target, map) {
  const row = target.closest("tr[data-id]");
  if (!row) return;
  const { shape } = choose(Number(row.dataset.id));
  if (shape) map.panInside(shape.getLatLng?.() ?? shape.getBounds().getCenter(), { padding: [40, 40] });
}

try {
  show(features ?? (await portalClient().get(items)));
} catch (problem) {
  if (!(problem instanceof HttpError)) throw problem;
  told.textContent = problem.message;
}
