// What the map asks the portal.

export class Api {
  constructor(client) {
    this.client = client;
  }

  search(query, { layers = "", bbox = "" } = {}, signal) {
    const asked = new URLSearchParams({ q: query, limit: "30" });
    if (layers) asked.set("layers", layers);
    if (bbox) asked.set("bbox", bbox);
    return this.client.get(`/search/?${asked}`, { signal });
  }

  feature(selection) {
    const [layer, id] = selection.split("/");
    return this.client.get(`/place/${encodeURIComponent(layer)}/${encodeURIComponent(id)}/`);
  }

  position(lng, lat) {
    return this.client.get(`/place/?lon=${lng}&lat=${lat}`);
  }

  layers() {
    return this.client.get("/layers/");
  }

  /** Heights as described for a layer; null where none were loaded. */
  heights(layer) {
    return this.client.get(layer.heights).catch(() => null);
  }

  style(address) {
    return this.client.get(address);
  }

  picture(address) {
    return this.client.blob(address);
  }
}
