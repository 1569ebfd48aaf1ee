// What the portal told this account, kept so that the pages work without a network: procedures, categories, cases.

const DAY = 86_400_000; // milliseconds
const FRESH = 30_000;
const USUAL_DAYS = 7;

export class OfflineBundle {
  constructor(store, server, device) {
    Object.assign(this, { store, server, device });
    this.kit = null;
    this.procedures = {};
    this.fetched = Number.NEGATIVE_INFINITY;
  }

  /** For how long cases stay readable on a phone that does not ask for them anew. */
  get keptDays() {
    return this.kit?.kept_days ?? USUAL_DAYS;
  }

  /** From what is kept. */
  async load() {
    this.kit = await this.store.value("kit");
    const lists = await this.store.value("lists");
    const isOld = (at) =>
      Date.now() - Date.parse(at) > this.keptDays * DAY + Math.abs(this.device.clockOff) * 1000;
    if (lists && isOld(lists.at)) await this.store.forgetCases();
    this.procedures = { ...this.kit?.procedures, ...(await this.store.value("procedures")) };
  }

  async fetchKit() {
    this.kit = await this.server.get("kit/");
    this.procedures = { ...this.procedures, ...this.kit.procedures };
    await this.store.setValue("kit", this.kit);
  }

  /** The lists as they are for somebody at `position`; false where they are fresh enough. */
  async fetchLists(position) {
    if (performance.now() - this.fetched < FRESH) return false;
    const here =
      position && new URLSearchParams({ lon: position.lon, lat: position.lat, system: position.system });
    const { at, cases, lists, counts, procedures } = await this.server.get(`cases/?${here ?? ""}`);
    this.fetched = performance.now();
    await this.store.replaceCases(cases);
    await this.store.setValue("lists", { at, lists, counts });
    await this.#addProcedures(procedures);
    for (const { url } of cases.flatMap(({ photos }) => photos.slice(0, 1)))
      this.server.client.blob(url).catch(() => null); // so that the worker keeps it
    return true;
  }

  async fetchCase(id) {
    const answer = await this.server.get(`cases/${id}/`);
    await this.store.saveCase(answer.case);
    await this.#addProcedures(answer.procedures);
  }

  /** The lists are asked for at the next occasion, however fresh they are. */
  expire() {
    this.fetched = Number.NEGATIVE_INFINITY;
  }

  async #addProcedures(more) {
    this.procedures = { ...this.procedures, ...more };
    await this.store.setValue("procedures", { ...(await this.store.value("procedures")), ...more });
  }
}
