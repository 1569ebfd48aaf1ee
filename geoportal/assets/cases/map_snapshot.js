// The layers around a case as they were kept when a step was taken; nothing here is asked of the layers of today.

import { color, label } from "../basemap/markers.js";
import { pageData } from "../html/page_data.js";

const METRES_AROUND = 170;

const { layers, here } = pageData("as-of-data");
const map = L.map("as-of-map", { attributionControl: false, scrollWheelZoom: false, maxZoom: 20 });
const at = here ? [here[1], here[0]] : [0, 0];
map.fitBounds(L.latLng(at).toBounds(2 * METRES_AROUND));

// Areas let what lies below them through; points do not.
const fill = (type) => (type.includes("Polygon") ? 0.6 : Number(type.includes("Point")));

for (const layer of layers) {
  L.geoJSON(
    { type: "FeatureCollection", features: layer.features },
    {
      style: (feature) => ({
        color: feature.geometry.type.includes("Line") ? feature.color : (layer.outline ?? feature.color),
        fillColor: feature.color,
        weight: feature.geometry.type.includes("Line") ? 3 : 1,
        fillOpacity: fill(feature.geometry.type) * layer.opacity,
        opacity: layer.opacity,
      }),
      pointToLayer: (feature, place) =>
        L.circleMarker(place, {
          radius: 6,
          color: layer.outline ?? "#ffffff",
          weight: 1.5,
          fillColor: feature.color,
          fillOpacity: 1,
        }),
      onEachFeature: ({ name }, shape) => shape.bindTooltip(label(`${layer.title}: ${name}`)),
    },
  ).addTo(map);
}
if (here) L.circleMarker(at, { radius: 12, color: color("ink"), weight: 2, fill: false }).addTo(map);
