// The officer's lists, on a map and as cards: what the portal told last, readable without a network.

import { color, dot } from "../../basemap/markers.js";
import { metres } from "../../geography/coordinates.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { distance, moment } from "../format.js";
import { fill, gettext, localized } from "../texts.js";
import { badge } from "./controls.js";
import { offlineMap } from "./offline_map.js";

const LISTS = ["mine", "today", "overdue", "near"];
const NEAR = 1500; // metres

export class CaseListPage {
  constructor(app, list) {
    this.app = app;
    this.list = LISTS.includes(list) ? list : LISTS[0];
  }

  async open(box) {
    this.box = box;
    await this.show();
    if (this.isClosed) return;
    this.app.refresh().then(() => !this.isClosed && this.show());
  }

  close() {
    this.isClosed = true;
    this.map?.remove();
  }

  async show() {
    const lists = await this.app.store.value("lists");
    const cases = await this.app.store.cases();
    if (this.isClosed) return;
    const { here } = this.app.position;
    const chosen = this.#choose(cases, lists, here);
    render(this.#template(chosen, lists, here), this.box);
    this.#draw(chosen, lists, here);
  }

  #template(chosen, lists, here) {
    const state = lists
      ? fill(gettext("As the portal knew it %(when)s."), { when: moment(lists.at) })
      : gettext("Nothing was fetched yet; open this page once with a network.");
    const none = lists ? html`<li class="card">${gettext("None.")}</li>` : nothing;
    return html`<h1>${gettext("Cases")}</h1>
      <div class="pills" role="group" aria-label=${gettext("Lists")}>${this.#tabs(lists)}</div>
      <p class="note" role="status" id="as-of">${state}</p>
      <div class="small-map" id="list-map"></div>
      <ul class="cards" id="cases">
        ${chosen.length ? chosen.map((known) => card(known, lists, here)) : none}
      </ul>`;
  }

  #tabs(lists) {
    const names = {
      mine: gettext("Mine"),
      today: gettext("Due today"),
      overdue: gettext("Overdue"),
      near: gettext("Near me"),
    };
    return LISTS.map((list) => {
      const count = lists?.counts[list] === undefined ? "" : ` ${lists.counts[list]}`;
      const current = list === this.list ? "page" : nothing;
      return html`<a href="#cases/${list}" aria-current=${current}>${names[list]}${count}</a>`;
    });
  }

  /** Without a network “near me” is found among what is on the phone. */
  #choose(cases, lists, here) {
    if (this.list === "near" && here)
      return cases
        .filter((known) => known.lon !== null && known.open && metres(known, here) < NEAR)
        .sort((a, b) => metres(a, here) - metres(b, here));
    const byId = new Map(cases.map((known) => [known.id, known]));
    const listed = (lists?.lists[this.list] ?? []).map((id) => byId.get(id)).filter((known) => known?.open);
    return this.list === "mine" ? [...cases.filter((known) => known.local), ...listed] : listed;
  }

  #draw(chosen, lists, here) {
    this.map ??= offlineMap(this.box.querySelector(".small-map"), gettext("Cases on the map"));
    this.marks ??= L.layerGroup().addTo(this.map);
    this.marks.clearLayers();
    const placed = chosen.filter((known) => known.lon !== null);
    for (const known of placed)
      dot(known, color(mark(known, lists)), { radius: 8, text: known.title })
        .on("click", () => this.app.go(address(known)))
        .addTo(this.marks);
    if (here) dot(here, color("here-mark"), { radius: 6, weight: 3 }).addTo(this.marks);
    const points = [...placed, ...(here ? [here] : [])].map(({ lat, lon }) => [lat, lon]);
    if (points.length) {
      this.map.fitBounds(points, { maxZoom: 16, padding: [24, 24], animate: false });
      return;
    }
    const { lat, lon } = this.app.startPosition;
    this.map.setView([lat, lon], 13, { animate: false });
  }
}

function card(known, lists, here) {
  const [picture] = known.photos;
  const away = here && known.lon !== null ? ` · ${distance(metres(known, here))}` : "";
  return html`<li class="card case">
    ${picture ? html`<img src=${picture.url} alt="" />` : nothing}
    <div>
      <h2><a href="#${address(known)}">${known.title}</a></h2>
      <p>${known.number || gettext("On this device")}${away}</p>
      <p>${badge(localized(known.state_title), "info")} ${dueBadge(known, lists)}</p>
    </div>
  </li>`;
}

function address({ id, key }) {
  return `case/${id ?? key}`;
}

function mark({ id }, lists) {
  if (lists?.lists.overdue.includes(id)) return "overdue-mark";
  return lists?.lists.today.includes(id) ? "today-mark" : "case-mark";
}

/** Overdue and due today are the portal's word, never the device's clock. */
export function dueBadge(known, lists) {
  if (!known.due) return nothing;
  const text = fill(gettext("due %(when)s"), { when: moment(known.due) });
  if (lists?.lists.overdue.includes(known.id)) return badge(text, "bad");
  return badge(text, lists?.lists.today.includes(known.id) ? "fair" : "");
}
