// The cases that a search found, on the map; a click sets the place to search at, a drawn area its limits.

import { color, dot } from "../basemap/markers.js";
import { smallMap } from "../basemap/small_map.js";
import { pageData } from "../html/page_data.js";

const PLACE = color("case-mark");
const { items, place, typed, extent } = pageData("history-data");
const form = document.getElementById("history");
const hint = document.getElementById("draw-hint");
const { lon, lat, radius, area, near } = form.elements;
const map = smallMap(document.getElementById("history-map"), { doubleClickZoom: false });
const [west, south, east, north] = extent ?? [-180, -60, 180, 70];
map.fitBounds([
  [south, west],
  [north, east],
]); // circles in metres need a view
const limits = L.featureGroup().addTo(map);
const found = L.featureGroup().addTo(map);
let corners = [];
let mode = "point";

for (const item of items) {
  if (item.lon === null) continue;
  dot(item, item.color, { text: `${item.title} · ${item.number}` })
    .on("click", () => location.assign(item.url))
    .addTo(found);
}
if (typed.area) {
  const values = typed.area.split(",").map(Number);
  for (let i = 0; i + 1 < values.length; i += 2) corners.push([values[i + 1], values[i]]);
}
draw();
fit();

document.getElementById("drawing").hidden = false;
for (const button of form.querySelectorAll("[data-draw]")) {
  button.addEventListener("click", () => choose(button.dataset.draw));
}
for (const field of [lon, lat, radius]) field.addEventListener("input", draw);
map.on("click", ({ latlng }) => {
  if (mode === "area") {
    corners.push([latlng.lat, latlng.lng]);
  } else {
    lon.value = latlng.lng.toFixed(6);
    lat.value = latlng.lat.toFixed(6);
    near.value = "";
  }
  draw();
});
map.on("dblclick", () => {
  if (mode === "area") choose("point");
});

function choose(wanted) {
  mode = wanted === "area" ? "area" : "point";
  if (wanted !== "point") {
    corners = [];
    for (const field of [lon, lat, near]) field.value = "";
  }
  hint.hidden = mode !== "area";
  for (const button of form.querySelectorAll("[data-draw][aria-pressed]")) {
    button.setAttribute("aria-pressed", String(button.dataset.draw === mode));
  }
  draw();
}

function draw() {
  limits.clearLayers();
  const style = { color: PLACE, weight: 2, fillOpacity: 0.08, interactive: false };
  if (corners.length > 2) L.polygon(corners, style).addTo(limits);
  else if (corners.length) L.polyline(corners, style).addTo(limits);
  for (const corner of corners) L.circleMarker(corner, { ...style, radius: 3 }).addTo(limits);
  area.value = corners.length > 2 ? corners.map(([y, x]) => `${x.toFixed(6)},${y.toFixed(6)}`).join(",") : "";
  const [x, y] = [Number.parseFloat(lon.value), Number.parseFloat(lat.value)];
  const at =
    Number.isFinite(x) && Number.isFinite(y) ? [y, x] : place && near.value && [place.lat, place.lon];
  if (at) L.circle(at, { ...style, radius: Number(radius.value) || 200 }).addTo(limits);
}

function fit() {
  const all = L.featureGroup([limits, found]);
  const bounds = all.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 17, padding: [24, 24], animate: false });
}
