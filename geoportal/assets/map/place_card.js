// The place card: what is known about a feature or a position, for this viewer.

import { element } from "../html/element.js";

export class PlaceCard {
  constructor(node, store, api, { show, highlight, fail }) {
    Object.assign(this, { node, store, api, show, highlight, fail });
    store.on(["sel"], () => this.open());
    if (store.state.sel) this.open(false);
  }

  async open(focus = true) {
    const sel = this.store.state.sel;
    if (!sel) {
      this.#empty();
      return;
    }
    try {
      const place = await this.#ask(sel);
      if (this.store.state.sel !== sel) return;
      this.#render(place);
      this.show();
      if (focus) this.node.focus({ preventScroll: true });
    } catch (problem) {
      this.#empty();
      this.fail(problem.message);
    }
  }

  async #ask(sel) {
    if (!sel.startsWith("at/")) return this.api.feature(sel);
    const [lat, lng] = sel.slice(3).split(",").map(Number);
    const place = await this.api.position(lng, lat);
    const building = place.sections.find((section) => section.layer === "buildings")?.items[0];
    if (!building) return place;
    this.store.set({ sel: `buildings/${building.id}` }, "card");
    return this.api.feature(`buildings/${building.id}`);
  }

  #empty() {
    this.highlight(null);
    this.node.replaceChildren(
      element("p", { class: "status" }, gettext("Click the map or choose a result to see what is there.")),
    );
  }

  #render(place) {
    this.highlight(place);
    this.node.replaceChildren(
      element("h2", {}, place.title),
      element("p", { class: "subtitle" }, place.subtitle),
      place.is_generated
        ? element("span", { class: "badge note", title: place.source }, gettext("Demonstration data"))
        : "",
      this.#actions(place),
      this.#facts(place.rows),
      ...place.sections.map((section) => this.#section(section)),
      place.source ? element("p", { class: "note" }, `${gettext("Source")}: ${place.source}`) : "",
    );
    this.node.parentElement.scrollTop = 0;
  }

  #actions(place) {
    const copy = async () => {
      await navigator.clipboard?.writeText(location.href);
      this.fail(gettext("The link is copied."));
    };
    return element(
      "p",
      { class: "place-actions" },
      place.url ? element("a", { class: "button", href: place.url }, gettext("Details")) : "",
      element("button", { class: "button plain", type: "button", onclick: copy }, gettext("Copy link")),
      element(
        "button",
        { class: "button plain", type: "button", onclick: () => this.store.set({ sel: "" }) },
        gettext("Close"),
      ),
    );
  }

  #facts(rows) {
    return element(
      "dl",
      { class: "facts" },
      rows.flatMap(({ label, value }) => [element("dt", {}, label), element("dd", {}, value)]),
    );
  }

  #section({ title, items }) {
    const list = element(
      "ul",
      { class: "results" },
      items.map((item) => this.#item(item)),
    );
    return element("section", {}, element("h3", {}, title), list);
  }

  #item(item) {
    const away = item.distance === null ? "" : `${item.distance} m`;
    const details = [item.subtitle, away].filter(Boolean).join(" · ");
    const open = () => {
      const place = item.lon === null ? {} : { lat: item.lat, lng: item.lon };
      this.store.set({ sel: `${item.layer}/${item.id}`, ...place });
    };
    return element(
      "li",
      {},
      element(
        "button",
        { class: "result", type: "button", onclick: open },
        element("span", { class: "dot", color: item.color, "aria-hidden": "true" }),
        element("span", {}, element("strong", {}, item.title), element("small", {}, details)),
      ),
    );
  }
}
