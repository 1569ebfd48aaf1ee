// Questions to the server; every failure becomes one sentence for the person.

export class Api {
  async search(query, { layers = "", bbox = "" } = {}, signal) {
    const words = new URLSearchParams({ q: query, limit: "30" });
    if (layers) words.set("layers", layers);
    if (bbox) words.set("bbox", bbox);
    return this.#get(`/search/?${words}`, signal);
  }

  async feature(selection) {
    const [layer, id] = selection.split("/");
    return this.#get(`/place/${encodeURIComponent(layer)}/${encodeURIComponent(id)}/`);
  }

  async position(lng, lat) {
    return this.#get(`/place/?lon=${lng}&lat=${lat}`);
  }

  async layers() {
    return this.#get("/layers/");
  }

  async #get(url, signal) {
    let response;
    try {
      response = await fetch(url, { headers: { Accept: "application/json" }, signal });
    } catch (problem) {
      if (problem.name === "AbortError") throw problem;
      throw new Error(gettext("The portal cannot be reached; check the network and try again."));
    }
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.error ?? gettext("The portal could not answer; try again."));
    return body;
  }
}
