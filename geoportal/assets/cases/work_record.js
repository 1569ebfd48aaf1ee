// A day's record: printing, and the places of the day in the order in which they were visited.

import { color, label } from "../basemap/markers.js";
import { smallMap } from "../basemap/small_map.js";
import { pageData } from "../html/page_data.js";

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());

const box = document.getElementById("places");
if (box) {
  const places = pageData("day-places");
  const map = smallMap(box);
  const path = places.map(({ lat, lon }) => [lat, lon]);
  L.polyline(path, { color: color("case-mark"), weight: 2, dashArray: "4 6" }).addTo(map);
  for (const { lat, lon, text } of places) {
    L.circleMarker([lat, lon], { radius: 7, color: color("accent-ink"), weight: 2, fillOpacity: 0.7 })
      .bindTooltip(label(text))
      .addTo(map);
  }
  map.fitBounds(path, { maxZoom: 16, padding: [24, 24] });
}
