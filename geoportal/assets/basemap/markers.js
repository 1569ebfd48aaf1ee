// What small maps show at positions, in the colours of the stylesheet.

/** The value of a colour token such as "case-mark": canvases and maps need the value itself. */
export function color(token) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
}

/** A dot with a white rim. */
export function dot({ lat, lon }, fillColor, { radius = 7, weight = 2, text = "" } = {}) {
  const marker = L.circleMarker([lat, lon], { radius, weight, color: "#fff", fillColor, fillOpacity: 1 });
  return text ? marker.bindTooltip(label(text)) : marker;
}

/** Text in a tooltip is text, whatever it holds. */
export function label(text) {
  return Object.assign(document.createElement("span"), { textContent: text });
}
