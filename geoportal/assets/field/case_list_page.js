// The officer's lists, on a map and as cards: what the portal told last, readable without a network.

import { color, dot } from "../basemap/markers.js";
import { metres } from "../geography/coordinates.js";
import { element } from "../html/element.js";
import { offlineMap } from "./offline_map.js";
import { badge } from "./parts.js";
import { distance, fill, gettext, moment, pick } from "./words.js";

export class CaseListPage {
  constructor(app, name) {
    this.app = app;
    this.name = ["mine", "today", "overdue", "near"].includes(name) ? name : "mine";
  }

  get title() {
    return gettext("Cases");
  }

  async open(box) {
    this.box = box;
    this.tabs = element("div", { class: "tabs", role: "group", "aria-label": gettext("Lists") });
    this.said = element("p", { class: "note", role: "status", id: "as-of" });
    this.mapBox = element("div", { class: "list-map", id: "list-map" });
    this.list = element("ul", { class: "cards", id: "cases" });
    box.append(this.tabs, this.said, this.mapBox, this.list);
    this.map = offlineMap(this.mapBox, gettext("Cases on the map"));
    this.marks = L.layerGroup().addTo(this.map);
    await this.show();
    this.app.refresh().then(() => !this.closed && this.show());
  }

  close() {
    this.closed = true;
    this.map?.remove();
  }

  async show() {
    const told = await this.app.store.kept("lists");
    const cases = await this.app.store.cases();
    if (this.closed) return;
    const { here } = this.app.position;
    const chosen = this.#chosen(cases, told, here);
    const names = {
      mine: gettext("Mine"),
      today: gettext("Due today"),
      overdue: gettext("Overdue"),
      near: gettext("Near me"),
    };
    this.tabs.replaceChildren(
      ...Object.entries(names).map(([name, text]) =>
        element(
          "a",
          { href: `#cases/${name}`, "aria-current": name === this.name ? "page" : null },
          told?.counts[name] === undefined ? text : `${text} ${told.counts[name]}`,
        ),
      ),
    );
    this.said.textContent = told
      ? fill(gettext("As the portal knew it %(when)s."), { when: moment(told.at) })
      : gettext("Nothing was fetched yet; open this page once with a network.");
    this.list.replaceChildren(...chosen.map((known) => this.#card(known, told, here)));
    if (!chosen.length && told) this.list.append(element("li", { class: "card" }, gettext("None.")));
    this.#draw(chosen, told, here);
  }

  /** Without a network “near me” is found among what is on the phone. */
  #chosen(cases, told, here) {
    const byId = new Map(cases.map((known) => [known.id, known]));
    const local = cases.filter((known) => known.local);
    if (this.name === "near" && here)
      return cases
        .filter((known) => known.lon !== null && known.open && metres(known, here) < 1500)
        .sort((a, b) => metres(a, here) - metres(b, here));
    const listed = (told?.lists[this.name] ?? []).map((id) => byId.get(id)).filter((known) => known?.open);
    return this.name === "mine" ? [...local, ...listed] : listed;
  }

  #card(known, told, here) {
    const [picture] = known.photos;
    const away = here && known.lon !== null ? ` · ${distance(metres(known, here))}` : "";
    const link = element("a", { href: `#case/${known.id ?? known.key}` }, known.title);
    return element(
      "li",
      { class: "card case" },
      picture ? element("img", { src: picture.url, alt: "" }) : "",
      element(
        "div",
        {},
        element("h2", {}, link),
        element("p", {}, `${known.number || gettext("On this device")}${away}`),
        element("p", {}, badge(pick(known.state_title), "note"), " ", dueBadge(known, told) ?? ""),
      ),
    );
  }

  #draw(chosen, told, here) {
    this.marks.clearLayers();
    const placed = chosen.filter((known) => known.lon !== null);
    for (const known of placed) {
      dot(known, color(mark(known, told)), { radius: 8, text: known.title })
        .on("click", () => this.app.go(`case/${known.id ?? known.key}`))
        .addTo(this.marks);
    }
    if (here) dot(here, color("here-mark"), { radius: 6, weight: 3 }).addTo(this.marks);
    const points = [...placed, ...(here ? [here] : [])].map(({ lat, lon }) => [lat, lon]);
    if (points.length) this.map.fitBounds(points, { maxZoom: 16, padding: [24, 24], animate: false });
    else
      this.app
        .start()
        .then(({ lat, lon }) => !this.closed && this.map.setView([lat, lon], 13, { animate: false }));
  }
}

function mark({ id }, told) {
  if (told?.lists.overdue.includes(id)) return "overdue-mark";
  return told?.lists.today.includes(id) ? "today-mark" : "case-mark";
}

/** Overdue and due today are the portal's word, never the device's clock. */
export function dueBadge(known, told) {
  if (!known.due) return null;
  const text = fill(gettext("due %(when)s"), { when: moment(known.due) });
  if (told?.lists.overdue.includes(known.id)) return badge(text, "bad");
  return badge(text, told?.lists.today.includes(known.id) ? "fair" : "");
}
