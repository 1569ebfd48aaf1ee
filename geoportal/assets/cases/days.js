// A day's record: printing, and the places of the day in the order in which they were visited.

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());

const box = document.getElementById("places");
if (box) {
  const places = JSON.parse(document.getElementById("day-places").textContent);
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false });
  L.tileLayer(box.dataset.ground, { maxNativeZoom: 18, maxZoom: 19 }).addTo(map);
  const path = places.map(({ lat, lon }) => [lat, lon]);
  L.polyline(path, { color: "#1f6f8b", weight: 2, dashArray: "4 6" }).addTo(map);
  for (const { lat, lon, text } of places) {
    const words = document.createElement("span");
    words.textContent = text;
    L.circleMarker([lat, lon], { radius: 7, color: "#17576e", weight: 2, fillOpacity: 0.7 })
      .bindTooltip(words)
      .addTo(map);
  }
  map.fitBounds(path, { maxZoom: 16, padding: [24, 24] });
}
