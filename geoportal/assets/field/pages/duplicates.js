// Open cases of the same category nearby, with photos, so that a repeat joins instead of being logged again.

import { metres } from "../../geography/coordinates.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { distance } from "../format.js";
import { gettext, localized } from "../texts.js";
import { badge, button } from "./controls.js";

/** `join` is called with the case that the officer chooses. */
export function duplicates(cases, join) {
  return html`<section class="duplicates" aria-live="polite" id="duplicates" ?hidden=${!cases.length}>
    <h3>${gettext("Open already nearby: the same matter?")}</h3>
    <ul class="cards">
      ${cases.map((known) => card(known, join))}
    </ul>
  </section>`;
}

function card(known, join) {
  const pictures = known.photos.slice(0, 2);
  return html`<li class="card">
    <div class="pictures">${pictures.map(({ url, title }) => html`<img src=${url} alt=${title} />`)}</div>
    <b>${known.number || gettext("On this device")} · ${distance(known.metres)}</b>
    <p>${known.note || known.title}</p>
    <p>${known.state_title ? badge(localized(known.state_title), "info") : nothing}</p>
    ${button(gettext("Same matter: add mine to it"), () => join(known), "plain")}
  </li>`;
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
