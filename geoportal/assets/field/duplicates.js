// Open cases of the same category nearby, with photos, so that a repeat joins instead of being logged again.

import { metres } from "../geography/coordinates.js";
import { element } from "../html/element.js";
import { badge, button } from "./parts.js";
import { distance, gettext, pick } from "./words.js";

export class Duplicates {
  constructor(join) {
    this.join = join;
    this.node = element("section", {
      class: "duplicates",
      "aria-live": "polite",
      id: "duplicates",
      hidden: true,
    });
  }

  show(cases) {
    this.node.hidden = !cases.length;
    this.node.replaceChildren(
      element("h3", {}, gettext("Open already nearby: the same matter?")),
      element(
        "ul",
        { class: "cards" },
        cases.map((known) => this.#card(known)),
      ),
    );
  }

  #card(known) {
    const pictures = known.photos
      .slice(0, 2)
      .map((photo) => element("img", { src: photo.url, alt: photo.title }));
    return element(
      "li",
      { class: "card" },
      element("div", { class: "pictures" }, pictures),
      element("b", {}, `${known.number || gettext("On this device")} · ${distance(known.metres)}`),
      element("p", {}, known.note || known.title),
      element("p", {}, badge(pick(known.state_title), "note")),
      button(gettext("Same matter: add mine to it"), () => this.join(known), "plain"),
    );
  }
}

/** What the phone itself knows of them, the nearest first. */
export async function storedDuplicates(store, matter, here) {
  const near = [];
  for (const known of await store.cases()) {
    if (known.lon === null || known.category !== matter.code || !known.open) continue;
    const away = metres(known, here);
    if (away <= matter.join_radius) near.push({ ...known, metres: Math.round(away) });
  }
  return near.sort((a, b) => a.metres - b.metres);
}
