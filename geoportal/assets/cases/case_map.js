// The map of one case: where it is, how exactly, its area, where evidence was taken; a click corrects the position.

import { color, dot } from "../basemap/markers.js";
import { smallMap } from "../basemap/small_map.js";
import { pageData } from "../html/page_data.js";

const { area, drawn, position, accuracy, evidence, words } = pageData("case-map-data");
const map = smallMap(document.getElementById("case-map"));
const middle = position ? L.latLng(position[1], position[0]) : L.geoJSON(area).getBounds().getCenter();
map.setView(middle, 17); // circles in metres need a view
const shown = L.featureGroup().addTo(map);
const caseColor = color("case-mark");

if (area) L.geoJSON(area, { style: { color: caseColor, weight: 2, fillOpacity: 0.15 } }).addTo(shown);
for (const { title, geometry } of drawn)
  L.geoJSON(geometry, { style: { color: caseColor, weight: 1, dashArray: "4", fillOpacity: 0.08 } })
    .bindTooltip(title)
    .addTo(shown);
if (position) {
  const [lon, lat] = position;
  if (accuracy) {
    L.circle(middle, { radius: accuracy, color: caseColor, weight: 1, fillOpacity: 0.08 }).addTo(shown);
  }
  dot({ lon, lat }, caseColor, { radius: 8, weight: 3, text: words.case }).addTo(shown);
}
for (const piece of evidence) {
  dot(piece, color("evidence-mark"), { radius: 5, text: piece.title }).addTo(shown);
}
map.fitBounds(shown.getBounds(), { maxZoom: 18, padding: [30, 30] });

const correction = document.getElementById("correct-position");
let drawing = null;
const choose = () =>
  map.getContainer().classList.toggle("choosing", Boolean(correction?.open || drawing?.form.open));

if (correction) {
  const lon = document.getElementById("position-lon");
  const lat = document.getElementById("position-lat");
  const marker = dot({ lon: 0, lat: 0 }, color("correction-mark"), {
    radius: 8,
    weight: 3,
    text: words.moved,
  });

  const show = () => {
    const [x, y] = [Number.parseFloat(lon.value), Number.parseFloat(lat.value)];
    choose();
    if (correction.open && Number.isFinite(x) && Number.isFinite(y)) marker.setLatLng([y, x]).addTo(map);
    else marker.remove();
  };
  map.on("click", ({ latlng }) => {
    if (!correction.open) return;
    lon.value = latlng.lng.toFixed(7);
    lat.value = latlng.lat.toFixed(7);
    show();
  });
  for (const field of [lon, lat]) field.addEventListener("input", show);
  correction.addEventListener("toggle", show);
  show();
}

// Areas are drawn into the form that was opened last; each has its corners a line.
for (const corners of document.querySelectorAll("textarea.corners")) {
  const form = corners.closest("details");
  const outline = L.polygon([], { color: color("correction-mark"), weight: 3, fillOpacity: 0.15 });
  const lines = () => corners.value.split(/\s+/).filter(Boolean);

  const show = () => {
    const known = lines().map((line) => line.split(",").map(Number.parseFloat));
    outline.setLatLngs(
      known.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)).map(([x, y]) => [y, x]),
    );
    if (form.open) outline.bindTooltip(words.drawn).addTo(map);
    else outline.remove();
  };
  const keep = (known) => {
    corners.value = known.join("\n");
    show();
  };
  const turn = () => {
    if (form.open) drawing = { form, add: (corner) => keep([...lines(), corner]) };
    choose();
    show();
  };
  const undo = corners.parentElement.querySelector(".undo") ?? corners.form.querySelector(".undo");
  undo.addEventListener("click", () => keep(lines().slice(0, -1)));
  corners.addEventListener("input", show);
  corners.addEventListener("focus", turn);
  form.addEventListener("toggle", turn);
  turn();
}
map.on("click", ({ latlng }) => {
  if (drawing?.form.open) drawing.add(`${latlng.lng.toFixed(7)},${latlng.lat.toFixed(7)}`);
});
