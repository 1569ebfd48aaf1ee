// The layers around a case as they were kept when a step was taken; nothing here is asked of the layers of today.

import { data, label } from "./ground.js";

const METRES_AROUND = 170;

const { layers, here } = data("as-of-data");
const map = L.map("as-of-map", { attributionControl: false, scrollWheelZoom: false, maxZoom: 20 });
const at = here ? [here[1], here[0]] : [0, 0];

for (const layer of layers) {
  L.geoJSON(
    { type: "FeatureCollection", features: layer.features },
    {
      style: ({ color, geometry }) => ({
        color: geometry.type.includes("Line") ? color : (layer.outline ?? color),
        fillColor: color,
        weight: geometry.type.includes("Line") ? 3 : 1,
        fillOpacity: geometry.type.includes("Polygon") ? layer.opacity * 0.45 : 0,
        opacity: layer.opacity,
      }),
      pointToLayer: ({ color }, place) =>
        L.circleMarker(place, {
          radius: 6,
          color: layer.outline ?? "#ffffff",
          weight: 1.5,
          fillColor: color,
          fillOpacity: 1,
        }),
      onEachFeature: ({ name }, shape) => shape.bindTooltip(label(`${layer.title}: ${name}`)),
    },
  ).addTo(map);
}
if (here) L.circleMarker(at, { radius: 12, color: "#26241f", weight: 2, fill: false }).addTo(map);
map.fitBounds(L.latLng(at).toBounds(2 * METRES_AROUND));
