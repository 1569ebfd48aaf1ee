// The map of one case: where it is, how exactly, its area, where evidence was taken; a click corrects the position.

import { data, ground, label } from "./ground.js";

const CASE = "#1f6f8b";
const EVIDENCE = "#b45309";
const NEW = "#a8322a";

const kept = data("case-map-data");
const map = ground(document.getElementById("case-map"));
const middle = kept.position ?? L.geoJSON(kept.area).getBounds().getCenter();
map.setView(kept.position ? [middle[1], middle[0]] : middle, 17); // circles in metres need a view
const shown = L.featureGroup().addTo(map);

if (kept.area) {
  L.geoJSON(kept.area, { style: { color: CASE, weight: 2, fillOpacity: 0.15 } }).addTo(shown);
}
if (kept.position) {
  const at = [kept.position[1], kept.position[0]];
  if (kept.accuracy) {
    L.circle(at, { radius: kept.accuracy, color: CASE, weight: 1, fillOpacity: 0.08 }).addTo(shown);
  }
  L.circleMarker(at, { radius: 8, color: "#fff", weight: 3, fillColor: CASE, fillOpacity: 1 })
    .bindTooltip(label(kept.words.case))
    .addTo(shown);
}
for (const { lon, lat, title } of kept.evidence) {
  L.circleMarker([lat, lon], { radius: 5, color: "#fff", weight: 2, fillColor: EVIDENCE, fillOpacity: 1 })
    .bindTooltip(label(title))
    .addTo(shown);
}
map.fitBounds(shown.getBounds(), { maxZoom: 18, padding: [30, 30] });

const correcting = document.getElementById("correct-position");
if (correcting) {
  const lon = document.getElementById("position-lon");
  const lat = document.getElementById("position-lat");
  const marker = L.circleMarker([0, 0], {
    radius: 8,
    color: "#fff",
    weight: 3,
    fillColor: NEW,
    fillOpacity: 1,
  });
  marker.bindTooltip(label(kept.words.moved));

  const show = () => {
    const [x, y] = [Number.parseFloat(lon.value), Number.parseFloat(lat.value)];
    if (correcting.open && Number.isFinite(x) && Number.isFinite(y)) marker.setLatLng([y, x]).addTo(map);
    else marker.remove();
  };
  map.on("click", ({ latlng }) => {
    if (!correcting.open) return;
    lon.value = latlng.lng.toFixed(7);
    lat.value = latlng.lat.toFixed(7);
    show();
  });
  for (const field of [lon, lat]) field.addEventListener("input", show);
  correcting.addEventListener("toggle", () => {
    map.getContainer().classList.toggle("choosing", correcting.open);
    show();
  });
  map.getContainer().classList.toggle("choosing", correcting.open);
  show();
}
