// The noted rows of an import on a small map: red are held back, amber were repaired.

const HELD = "#b42318";
const REPAIRED = "#b45309";

const box = document.getElementById("places");
const map = L.map(box, { attributionControl: false, scrollWheelZoom: false });
L.tileLayer(box.dataset.ground, { maxNativeZoom: 18, maxZoom: 19 }).addTo(map);

const answer = await fetch(box.dataset.rows);
const rows = L.geoJSON(await answer.json(), {
  style: ({ properties }) => ({
    color: properties.held ? HELD : REPAIRED,
    weight: 2,
    fillOpacity: 0.25,
  }),
  pointToLayer: (_, at) => L.circleMarker(at, { radius: 7 }),
  onEachFeature: ({ properties }, shape) => shape.bindTooltip(text(properties)),
}).addTo(map);
map.fitBounds(rows.getBounds(), { maxZoom: 17, padding: [24, 24] });

// Areas may be too small to be seen from where all rows are; each gets a dot as well.
rows.eachLayer((shape) => {
  if (!shape.getBounds) return;
  const color = shape.feature.properties.held ? HELD : REPAIRED;
  L.circleMarker(shape.getBounds().getCenter(), { radius: 5, color, weight: 2, fillOpacity: 0.6 })
    .bindTooltip(text(shape.feature.properties))
    .addTo(map);
});

function text({ name, wrong }) {
  const words = document.createElement("span");
  words.textContent = `${name}: ${wrong}`;
  return words;
}
