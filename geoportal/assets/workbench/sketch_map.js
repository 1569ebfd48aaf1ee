// The map of the page on which shapes are drawn: what is finished is measured at once.

import { smallMap } from "../basemap/small_map.js";
import { pageData } from "../html/page_data.js";
import { Drawing } from "./drawing.js";

const { features, metres } = pageData("sketch-map-data");
const map = smallMap(document.getElementById("sketch-map"));
const form = document.getElementById("drawing");
const style = { color: "#b3261e", weight: 3, fillOpacity: 0.15 };

if (features) {
  const drawn = L.geoJSON(features, {
    style: () => style,
    pointToLayer: (_, at) =>
      metres ? L.circle(at, { ...style, radius: metres }) : L.circleMarker(at, style),
  }).addTo(map);
  map.fitBounds(drawn.getBounds(), { maxZoom: 17, padding: [24, 24] });
} else map.setView([29.9, 121.85], 13);

if (form)
  new Drawing(map, form, (tool) => {
    form.elements.as.value = tool === "line" ? "line" : "area";
    form.requestSubmit();
  });
