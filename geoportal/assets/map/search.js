// The search field and its results: a combobox whose list is also the list of what the map marks.

import { html, render } from "../vendor/lit-html/lit-html.js";
import { resultText } from "./result.js";

const PAUSE = 250; // milliseconds of quiet before a search

export class Search {
  constructor(store, api, { show, bbox, pointed }) {
    Object.assign(this, { store, api, show, bbox, pointed });
    this.field = document.getElementById("search");
    this.list = document.getElementById("results");
    this.status = document.getElementById("results-status");
    this.results = [];
    this.active = -1;
    this.highlit = null;
    this.within = "";
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    store.on(["q"], (state, origin) => origin !== "search" && this.#restore(state.q));
    if (store.state.q) this.#restore(store.state.q);
  }

  /** Finds and marks; unless `isQuiet`, opens what was found. Gives the sentence that says how much. */
  async run(query, within = "", isQuiet = false) {
    Object.assign(this, { within, isQuiet });
    this.field.value = query;
    this.store.set({ q: query }, "search");
    await this.#find();
    return this.status.textContent;
  }

  /** Lets the result with this key stand out in the list, or none. */
  point(key) {
    if (this.highlit === key) return;
    this.highlit = key;
    this.#renderList();
    this.list.querySelector(".pointed")?.scrollIntoView({ block: "nearest" });
  }

  #restore(query) {
    this.field.value = query;
    this.#find();
  }

  #typed() {
    clearTimeout(this.timer);
    Object.assign(this, { within: "", isQuiet: false });
    this.timer = setTimeout(() => {
      this.store.set({ q: this.field.value }, "search");
      this.#find();
    }, PAUSE);
  }

  async #find() {
    this.request?.abort();
    this.request = new AbortController();
    const query = this.field.value.trim();
    if (!query) return this.#present([], "");
    try {
      const options = { layers: this.within, bbox: this.bbox() };
      const { results } = await this.api.search(query, options, this.request.signal);
      const text = ngettext("%s result", "%s results", results.length);
      this.#present(
        results,
        results.length
          ? interpolate(text, [results.length])
          : gettext("Nothing found. Try fewer or other words."),
      );
    } catch (problem) {
      if (problem.name !== "AbortError") this.#present([], problem.message);
    }
  }

  #present(results, status) {
    this.results = results;
    this.active = -1;
    this.status.textContent = status;
    this.field.setAttribute("aria-expanded", String(results.length > 0));
    this.field.removeAttribute("aria-activedescendant");
    this.#renderList();
    this.show(results, Boolean(status) && !this.isQuiet);
  }

  #renderList() {
    render(
      this.results.map((found, index) => this.#option(found, index)),
      this.list,
    );
  }

  #option(found, index) {
    const place = found.lon === null ? gettext("no position") : "";
    const key = keyOf(found);
    return html`<li
      class=${key === this.highlit ? "result pointed" : "result"}
      role="option"
      id="result-${index}"
      aria-selected=${String(index === this.active)}
      @click=${() => this.#choose(index)}
      @mouseenter=${() => this.pointed(key)}
      @mouseleave=${() => this.pointed(null)}
    >${resultText(found, [found.layer_title, found.subtitle, place])}</li>`;
  }

  #key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && this.results.length) {
      event.preventDefault();
      const count = this.results.length;
      this.#point(
        (this.active + steps[event.key] + count + (this.active < 0 && steps[event.key] < 0 ? 1 : 0)) % count,
      );
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.results.length) this.#choose(Math.max(0, this.active));
      else {
        clearTimeout(this.timer);
        this.run(this.field.value);
      }
    } else if (event.key === "Escape") {
      this.field.value = "";
      this.#typed();
    }
  }

  #point(index) {
    this.active = index;
    this.#renderList();
    const option = document.getElementById(`result-${index}`);
    option.scrollIntoView({ block: "nearest" });
    this.pointed(keyOf(this.results[index]));
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  #choose(index) {
    const found = this.results[index];
    const place =
      found.lon === null ? {} : { lat: found.lat, lng: found.lon, zoom: Math.max(this.store.state.zoom, 16) };
    this.store.set({ sel: keyOf(found), ...place }, "search");
  }
}

function keyOf({ layer, id }) {
  return `${layer}/${id}`;
}
