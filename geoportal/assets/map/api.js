// What the map asks the portal.

export class Api {
  constructor(client, addresses) {
    Object.assign(this, { client, addresses });
  }

  search(query, { layers = "", bbox = "" } = {}, signal) {
    const asked = new URLSearchParams({ q: query, limit: "30" });
    if (layers) asked.set("layers", layers);
    if (bbox) asked.set("bbox", bbox);
    return this.client.get(`${this.addresses.search}?${asked}`, { signal });
  }

  feature(selection) {
    const [layer, id] = selection.split("/");
    return this.client.get(`${this.addresses.place}${encodeURIComponent(layer)}/${encodeURIComponent(id)}/`);
  }

  position(lng, lat) {
    return this.client.get(`${this.addresses.place}?lon=${lng}&lat=${lat}`);
  }

  layers() {
    return this.client.get(this.addresses.layers);
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
