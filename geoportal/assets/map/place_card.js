// The place card: what is known about a feature or a position, for this viewer.

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { resultText } from "./result.js";

export class PlaceCard {
  constructor(node, store, api, { show, highlight, announce }) {
    Object.assign(this, { node, store, api, show, highlight, announce });
    store.on(["sel"], () => this.open());
    if (store.state.sel) this.open(false);
  }

  async open(focus = true) {
    const { sel } = this.store.state;
    if (!sel) {
      this.#empty();
      return;
    }
    try {
      const place = await this.#find(sel);
      if (this.store.state.sel !== sel) return;
      this.#render(place);
      this.show();
      if (focus) this.node.focus({ preventScroll: true });
    } catch (problem) {
      this.#empty();
      this.announce(problem.message);
    }
  }

  async #find(sel) {
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
    const text = gettext("Click the map or choose a result to see what is there.");
    render(html`<p class="status">${text}</p>`, this.node);
  }

  #render(place) {
    this.highlight(place);
    const generated = html`<span class="badge info" title=${place.source}>${gettext("Demonstration data")}</span>`;
    render(
      html`<h2>${place.title}</h2>
        <p class="subtitle">${place.subtitle}</p>
        ${place.is_generated ? generated : nothing} ${this.#actions(place)}
        <dl class="facts">
          ${place.rows.map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}
        </dl>
        ${place.sections.map((section) => this.#section(section))}
        ${place.source ? html`<p class="note">${gettext("Source: ")}${place.source}</p>` : nothing}`,
      this.node,
    );
  }

  #actions({ url }) {
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        this.announce(gettext("The link is copied."));
      } catch {
        this.announce(gettext("This browser copies nothing here; the address bar has the link."));
      }
    };
    const plain = (text, act) =>
      html`<button class="button plain" type="button" @click=${act}>${text}</button>`;
    return html`<p class="place-actions">
      ${url ? html`<a class="button" href=${url}>${gettext("Details")}</a>` : nothing}
      ${plain(gettext("Copy link"), copy)} ${plain(gettext("Close"), () => this.store.set({ sel: "" }))}
    </p>`;
  }

  #section({ title, items, problem }) {
    return html`<section>
      <h3>${title}</h3>
      ${problem ? html`<p class="status">${problem}</p>` : nothing}
      <ul class="results">${items.map((item) => this.#item(item))}</ul>
    </section>`;
  }

  #item(item) {
    const open = () => {
      const position = item.lon === null ? {} : { lat: item.lat, lng: item.lon };
      this.store.set({ sel: `${item.layer}/${item.id}`, ...position });
    };
    const away = item.distance === null ? "" : `${item.distance} m`;
    return html`<li>
      <button class="result" type="button" @click=${open}>${resultText(item, [item.subtitle, away])}</button>
    </li>`;
  }
}
