// How one item reaches the portal: its pictures and files, what was entered, and what the answer changes on the phone.

const LARGE = 4_000_000; // bytes; what is larger waits until everything small is sent
const PATHS = { open: "cases/", step: "steps/", note: "notes/", confirmation: "confirmations/" };

const FRESH = { state: "waiting", problem: "", refusals: [], attempts: 0, next: 0 };

export class Delivery {
  constructor(store, server, device) {
    Object.assign(this, { store, server, device });
  }

  /** Originals wait for a line that is not thin. */
  mayGo(item) {
    return item.kind !== "original" || this.device.mayOriginals;
  }

  /** "sent", or "large" where only large files are left, which go with `all`. */
  async send(item, { all = false } = {}) {
    // Photos go before a step, which may need them, and after what opens a case.
    if (item.kind === "step" && !(await this.#sendPhotos(item, all))) return "large";
    if (item.kind in PATHS && !item.is_sent) await this.#sendBody(item);
    if (item.kind !== "step" && !(await this.#sendPhotos(item, all))) return "large";
    await this.#complete((await this.store.item(item.key)) ?? item);
    return "sent";
  }

  /** Originals that the line is too thin for now go on by themselves, before and behind nothing. */
  async #complete(item) {
    const left = (await this.store.photos(item.key)).filter(({ original }) => original);
    if (left.length)
      await this.store.add(
        { ...item, ...FRESH, ...this.#whose(item), key: crypto.randomUUID(), kind: "original" },
        left,
      );
    if (item.kind !== "original") await this.#noteSent(item);
    await this.store.remove(item.key);
  }

  async #noteSent(item) {
    await this.store.saveSentItem({
      key: item.key,
      kind: item.kind,
      title: item.title,
      number: item.number ?? "",
      at: new Date().toISOString(),
      clock_off: this.device.clockIsWrong ? this.device.clockOff : 0,
      department: item.department ?? null,
    });
  }

  async #sendBody(item) {
    const fresh = (await this.store.item(item.key)) ?? item;
    const answer = await this.server.post(PATHS[item.kind], { ...this.#address(fresh), ...fresh.body });
    await this.#apply(answer, fresh);
    const known = await this.store.item(item.key);
    await this.store.save({
      ...known,
      is_sent: true,
      number: answer.case.number,
      department: answer.case.own === false ? answer.case.department : null,
    });
  }

  /** Whether nothing is left; without `all` large files are. */
  async #sendPhotos(item, all) {
    let isComplete = true;
    for (const photo of await this.store.photos(item.key))
      if (!(await this.#sendPhoto(item, photo, all))) isComplete = false;
    return isComplete;
  }

  /** Whether nothing of it is left to wait for. Where the line allows it the original goes at once, and no copy of it. */
  async #sendPhoto(item, photo, all) {
    const fields = this.#describe(item, photo);
    const isLater = (blob) => !all && blob.size > LARGE;
    const { original } = photo;
    const isWhole = !original || (this.device.mayOriginals && !isLater(original));
    if (!photo.is_sent) {
      const file = isWhole ? (original ?? photo.small) : photo.small;
      if (isLater(file)) return false;
      await this.#sendFile(item, { ...fields, reduced: !isWhole }, file, photo.name);
      if (!isWhole) await this.store.savePhoto({ ...photo, is_sent: true });
    } else if (isWhole) {
      const about = { ...fields, key: photo.original_key, of: photo.key, title: photo.title || photo.name };
      await this.#sendFile(item, about, original, photo.name);
    }
    if (isWhole) await this.store.removePhoto(photo.key);
    return isWhole || !this.device.mayOriginals || item.kind !== "original";
  }

  async #sendFile(item, fields, file, name) {
    await this.#apply(await this.server.postFile("evidence/", fields, file, name), item);
  }

  #describe(item, { key, position, taken, heading, kind, title, device_time }) {
    const address = this.#address(item);
    const partner = item.body?.partner;
    const { name: device } = this.device;
    return { ...address, key, position, taken, heading, kind, title, device_time, partner, device };
  }

  #whose({ kind, key, case: number, case_key }) {
    return kind === "open" ? { case_key: key } : { case: number, case_key };
  }

  #address(item) {
    return {
      ...this.#whose(item),
      key: item.key,
      device_time: item.device_time,
      clock_off: this.device.clockOff,
      ...(item.kind === "step" ? { revision: item.revision } : {}),
    };
  }

  /** The own act changed the case: who knew it as it was before knows it as it is now. */
  async #apply(answer, item) {
    for (const other of await this.store.items())
      if (caseOf(other) === caseOf(item) && other.revision === answer.was)
        await this.store.save({ ...other, revision: answer.revision });
    if (answer.case.id) {
      await this.store.removeCase(answer.case.key ?? "");
      await this.store.saveCase({ ...answer.case, told_at: new Date().toISOString() });
    } else if (item.kind === "open") await this.store.removeCase(item.key);
  }
}

export function caseOf(item) {
  return item.kind === "open" ? item.key : (item.case_key ?? String(item.case));
}

/** Items of one case are sent in their order; what only makes a copy whole keeps nothing waiting. */
export function rowOf(item) {
  return item.kind === "original" ? item.key : caseOf(item);
}
