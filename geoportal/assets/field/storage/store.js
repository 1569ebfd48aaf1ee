// What is kept on the phone: one database for each account, so that nobody sees another's.

import { deleteDB, openDB } from "../../vendor/idb/build/index.js";

const ACCOUNTS = "field-accounts";

export class Store {
  static async of(account) {
    const database = await openDB(`field-${account}`, 1, {
      upgrade(made) {
        made.createObjectStore("items", { keyPath: "key" });
        made.createObjectStore("photos", { keyPath: "key" }).createIndex("item", "item");
        made.createObjectStore("cases", { keyPath: "ref" });
        made.createObjectStore("sent", { keyPath: "key" });
        made.createObjectStore("kept");
      },
    });
    return new Store(account, database);
  }

  constructor(account, database) {
    this.account = account;
    this.database = database;
  }

  // The queue: an item, its photos and the case that it opens are written together or not at all.

  /** The item gets its place in the row: after all that are there, whatever the clock says. */
  async add(item, photos = [], localCase = null) {
    const writing = this.database.transaction(["items", "photos", "cases"], "readwrite");
    const items = writing.objectStore("items");
    const orders = (await items.getAll()).map(({ order }) => order);
    const whole = { ...item, order: Math.max(0, ...orders) + 1 };
    const parts = [() => items.put(whole)];
    for (const photo of photos)
      parts.push(() => writing.objectStore("photos").put({ ...photo, item: item.key }));
    if (localCase) parts.push(() => writing.objectStore("cases").put({ ...localCase, ref: localCase.key }));
    await together(writing, parts);
    return whole;
  }

  async items() {
    return (await this.database.getAll("items")).sort((a, b) => a.order - b.order);
  }

  item(key) {
    return this.database.get("items", key);
  }

  save(item) {
    return this.database.put("items", item);
  }

  async remove(key) {
    const writing = this.database.transaction(["items", "photos"], "readwrite");
    writing.objectStore("items").delete(key);
    for (const photo of await writing.objectStore("photos").index("item").getAllKeys(key))
      writing.objectStore("photos").delete(photo);
    await writing.done;
  }

  photos(item) {
    return this.database.getAllFromIndex("photos", "item", item);
  }

  savePhoto(photo) {
    return this.database.put("photos", photo);
  }

  removePhoto(key) {
    return this.database.delete("photos", key);
  }

  // What the portal told, and drafts.

  setValue(name, value) {
    return this.database.put("kept", value, name);
  }

  value(name) {
    return this.database.get("kept", name);
  }

  removeValue(name) {
    return this.database.delete("kept", name);
  }

  cases() {
    return this.database.getAll("cases");
  }

  async replaceCases(cases) {
    const writing = this.database.transaction("cases", "readwrite");
    for (const old of await writing.store.getAll()) if (!old.local) writing.store.delete(old.ref);
    for (const known of cases) writing.store.put({ ...known, ref: String(known.id) });
    await writing.done;
  }

  saveCase(known) {
    return this.database.put("cases", { ...known, ref: known.local ? known.key : String(known.id) });
  }

  removeCase(ref) {
    return this.database.delete("cases", ref);
  }

  /** By its number in the database or by the key it was opened with. */
  async case(ref) {
    return (
      (await this.database.get("cases", ref)) ??
      (await this.cases()).find((known) => known.key === ref) ??
      null
    );
  }

  sentItems() {
    return this.database.getAll("sent");
  }

  saveSentItem(entry) {
    return this.database.put("sent", entry);
  }

  removeSentItem(key) {
    return this.database.delete("sent", key);
  }

  /** Take away what was told, for instance when the account has signed out; the queue and what was sent stay. */
  async forgetCases() {
    const writing = this.database.transaction(["cases", "kept"], "readwrite");
    for (const known of await writing.objectStore("cases").getAll())
      if (!known.local) writing.objectStore("cases").delete(known.ref);
    writing.objectStore("kept").delete("lists");
    await writing.done;
  }

  async destroy() {
    this.database.close();
    await deleteDB(`field-${this.account}`);
    forgetAccount(this.account);
  }
}

/** Whichever part fails, and whether at once or later, nothing of them stays. */
async function together(writing, parts) {
  const outcomes = await Promise.allSettled(parts.map(async (part) => part()));
  const problems = outcomes.flatMap(({ status, reason }) => (status === "rejected" ? [reason] : []));
  if (!problems.length) return writing.done;
  try {
    writing.abort();
  } catch {
    // It ended by what failed.
  }
  await writing.done.catch(() => null);
  throw problems.find(({ name }) => name !== "AbortError") ?? problems[0];
}

// Which accounts have something here; names and numbers only.

export function accounts() {
  return JSON.parse(localStorage.getItem(ACCOUNTS) ?? "{}");
}

export function noteAccount(account, known) {
  const all = accounts();
  all[account] = { ...all[account], ...known };
  localStorage.setItem(ACCOUNTS, JSON.stringify(all));
}

/** Take away what was told to every account here but this one. */
export async function forgetOthers(account) {
  for (const other of Object.keys(accounts()).filter((each) => each !== account)) {
    const store = await Store.of(other);
    await store.forgetCases();
    store.database.close();
  }
}

function forgetAccount(account) {
  const { [account]: _, ...others } = accounts();
  localStorage.setItem(ACCOUNTS, JSON.stringify(others));
}
