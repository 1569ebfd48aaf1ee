// The panel beside the map, on a phone a sheet of three heights.

const SIZES = ["low", "half", "high"];

export class Panel {
  constructor() {
    this.node = document.getElementById("panel");
    this.tabs = [...this.node.querySelectorAll("[data-tab]")];
    for (const tab of this.tabs) tab.addEventListener("click", () => this.open(tab.dataset.tab));
    document.getElementById("handle").addEventListener("click", () => this.#resize());
  }

  open(name) {
    for (const tab of this.tabs) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-pressed", String(chosen));
      document.getElementById(`tab-${tab.dataset.tab}`).hidden = !chosen;
    }
    if (this.node.dataset.size === "low") this.node.dataset.size = "half";
  }

  #resize() {
    this.node.dataset.size = SIZES[(SIZES.indexOf(this.node.dataset.size) + 1) % SIZES.length];
  }
}
