// Points, lines and areas drawn on a map by mouse, finger or keyboard, and written into a form as WKT and metres.

const LEAST = { point: 1, line: 2, area: 3, rectangle: 2, circle: 2 };
const MOST = { point: 1, rectangle: 2, circle: 2 };
const STYLE = { color: "#b3261e", weight: 3, fillOpacity: 0.15 };
const DIGITS = 7; // of a degree: a centimetre
const NEAR = 12; // pixels within which a corner of what is shown is taken

const position = ({ lng, lat }) => `${lng.toFixed(DIGITS)} ${lat.toFixed(DIGITS)}`;
const ring = (corners) => `POLYGON ((${[...corners, corners[0]].map(position).join(", ")}))`;

function rectangle([one, other]) {
  return [one, L.latLng(one.lat, other.lng), other, L.latLng(other.lat, one.lng)];
}

export class Drawing {
  /** `form` holds the tools and the fields `shape` and `metres`; `done` is told when they are filled. */
  constructor(map, form, done) {
    this.map = map;
    this.form = form;
    this.done = done;
    this.tools = form.querySelector(".tools");
    this.said = form.querySelector("[data-said]");
    this.shown = L.layerGroup().addTo(map);
    this.tool = null;
    this.corners = [];
    this.tools.hidden = false;
    this.tools.addEventListener("click", ({ target }) => this.#press(target.closest("button")));
    map.on("click", ({ latlng }) => this.#add(latlng));
    map.on("dblclick", () => this.#finish());
    map.getContainer().addEventListener("keydown", (event) => this.#key(event));
  }

  #press(button) {
    if (!button) return;
    const { tool, step } = button.dataset;
    if (tool) this.#begin(tool);
    else if (step === "finish") this.#finish();
    else if (step === "undo") this.#undo();
    else this.#end();
  }

  #begin(tool) {
    this.#end();
    this.tool = tool;
    this.shown.clearLayers();
    this.map.doubleClickZoom.disable();
    this.map.getContainer().classList.add("choosing");
    this.map.getContainer().focus();
    this.#draw();
  }

  #key(event) {
    if (!this.tool || event.target !== this.map.getContainer()) return;
    const steps = {
      Enter: () => this.#add(this.map.getCenter()),
      Backspace: () => this.#undo(),
      Escape: () => this.#end(),
    };
    if (!steps[event.key]) return;
    event.preventDefault();
    steps[event.key]();
  }

  #add(at) {
    if (!this.tool) return;
    const corner = this.#corner(at);
    const last = this.corners.at(-1);
    if (last && last.equals(corner, 1e-9)) return;
    this.corners.push(corner);
    if (this.corners.length === MOST[this.tool]) this.#finish();
    else this.#draw();
  }

  /** The nearest corner of what the map shows, where one is near. */
  #corner(at) {
    const here = this.map.latLngToContainerPoint(at);
    let found = at;
    let least = NEAR;
    this.map.eachLayer((layer) => {
      if (!layer.feature) return;
      for (const corner of (layer.getLatLngs?.() ?? [layer.getLatLng()]).flat(3)) {
        const far = this.map.latLngToContainerPoint(corner).distanceTo(here);
        if (far < least) [found, least] = [corner, far];
      }
    });
    return found;
  }

  #undo() {
    this.corners.pop();
    this.#draw();
  }

  #finish() {
    if (!this.tool || this.corners.length < LEAST[this.tool]) return;
    const { shape, metres } = this.#written();
    this.form.elements.shape.value = shape;
    this.form.elements.metres.value = metres;
    this.#draw();
    const { tool } = this;
    this.#end({ isKept: true });
    this.done(tool);
  }

  #written() {
    const { corners } = this;
    if (this.tool === "line") return { shape: `LINESTRING (${corners.map(position).join(", ")})`, metres: 0 };
    if (this.tool === "area") return { shape: ring(corners), metres: 0 };
    if (this.tool === "rectangle") return { shape: ring(rectangle(corners)), metres: 0 };
    const metres = this.tool === "circle" ? Math.round(this.map.distance(...corners)) : 0;
    return { shape: `POINT (${position(corners[0])})`, metres };
  }

  #draw() {
    this.shown.clearLayers();
    const { corners, tool } = this;
    for (const corner of corners) L.circleMarker(corner, { ...STYLE, radius: 5 }).addTo(this.shown);
    if (corners.length > 1) this.#outline(tool, corners).addTo(this.shown);
    for (const button of this.tools.querySelectorAll("[data-tool]"))
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    for (const button of this.tools.querySelectorAll("[data-step]")) button.hidden = !tool;
    this.tools.querySelector('[data-step="undo"]').disabled = corners.length === 0;
    this.tools.querySelector('[data-step="finish"]').disabled = corners.length < (LEAST[tool] ?? 1);
    const hint = gettext(
      "Click or tap positions; with the keyboard, arrows move the map and Enter takes its middle.",
    );
    const count = interpolate(gettext("Positions so far: %s"), [corners.length]);
    this.said.textContent = tool ? (corners.length ? count : hint) : "";
  }

  #outline(tool, corners) {
    if (tool === "circle") return L.circle(corners[0], { ...STYLE, radius: this.map.distance(...corners) });
    if (tool === "rectangle") return L.polygon(rectangle(corners), STYLE);
    return tool === "area" ? L.polygon(corners, STYLE) : L.polyline(corners, STYLE);
  }

  #end({ isKept = false } = {}) {
    this.tool = null;
    this.corners = [];
    this.map.getContainer().classList.remove("choosing");
    this.map.doubleClickZoom.enable();
    const kept = isKept ? this.shown.getLayers() : [];
    this.#draw();
    for (const layer of kept) layer.addTo(this.shown);
  }
}
