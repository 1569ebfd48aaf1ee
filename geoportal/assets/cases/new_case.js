// The place of a new case: a click on the map fills in longitude and latitude, and they move the mark.

import { color } from "../basemap/markers.js";
import { smallMap } from "../basemap/small_map.js";
import { pageData } from "../html/page_data.js";

const { lon, lat } = document.getElementById("new-case").elements;
const [west, south, east, north] = pageData("new-data").extent ?? [-180, -60, 180, 70];
const map = smallMap(document.getElementById("new-map"));
map.fitBounds([
  [south, west],
  [north, east],
]);
const style = { color: color("case-mark"), weight: 3, fillOpacity: 0.3, radius: 8, interactive: false };
const mark = L.circleMarker([south, west], style);

map.on("click", ({ latlng }) => {
  lon.value = latlng.lng.toFixed(6);
  lat.value = latlng.lat.toFixed(6);
  show();
});
for (const field of [lon, lat]) field.addEventListener("input", show);
if (show()) map.setView(mark.getLatLng(), 17);

function show() {
  const at = [Number.parseFloat(lat.value), Number.parseFloat(lon.value)];
  const isPlace = at.every(Number.isFinite);
  if (isPlace) mark.setLatLng(at).addTo(map);
  else mark.remove();
  return isPlace;
}
