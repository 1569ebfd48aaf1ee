// The buttons on the map: 2D or 3D, nearer and farther, north, tilt, back to the start, where I am.

const TILTS = [0, 30, 55];
const NEAR = 17; // zoom at which a found position is shown

export class Tools {
  constructor(node, store, { announce, showPosition }) {
    Object.assign(this, { node, store, announce, showPosition });
    this.#press("view", () => store.set({ view: store.state.view === "3d" ? "2d" : "3d" }));
    this.#press("zoom-in", () => this.#zoom(1));
    this.#press("zoom-out", () => this.#zoom(-1));
    this.#press("compass", () => store.set({ bearing: 0 }));
    this.#press("tilt", () => store.set({ pitch: this.#nextTilt() }));
    this.#press("reset", () => store.set(store.start));
    this.#press("locate", () => this.#locate());
    store.on(["view", "bearing"], () => this.#show());
    this.#show();
  }

  #press(id, act) {
    this.node.querySelector(`#${id}`).addEventListener("click", act);
  }

  #show() {
    const { view, bearing } = this.store.state;
    const isDeep = view === "3d";
    const button = this.node.querySelector("#view");
    button.setAttribute("aria-pressed", String(isDeep));
    button.textContent = isDeep ? "2D" : "3D";
    button.title = isDeep ? gettext("Back to the flat map") : gettext("Show this place in 3D");
    for (const id of ["compass", "tilt"]) this.node.querySelector(`#${id}`).hidden = !isDeep;
    this.node.style.setProperty("--bearing", `${-bearing}deg`);
  }

  #zoom(step) {
    this.store.set({ zoom: Math.round(this.store.state.zoom) + step });
  }

  #nextTilt() {
    const { pitch } = this.store.state;
    return TILTS.find((tilt) => tilt > pitch + 1) ?? TILTS[0];
  }

  #locate() {
    if (!navigator.geolocation) {
      this.announce(gettext("This browser does not tell where it is."));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng, accuracy } }) => {
        this.showPosition({ lat, lng, accuracy });
        this.store.set({ lat, lng, zoom: NEAR });
      },
      () => this.announce(gettext("Your position is not available; allow it in the browser and try again.")),
      { timeout: 10_000 },
    );
  }
}
