// What is kept on the phone: an account's own, forgotten with the account, never what was not sent.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { opening, Portal, phone, photo, storeOf, wipe } from "./phone.mjs";

const { accounts, forgetOthers, noteAccount } = await import("../../geoportal/assets/field/storage/store.js");
const known = { id: 5, key: null, title: "told by the portal" };
let portal;

before(async () => {
  portal = await Portal.open();
});
after(() => portal.close());
afterEach(wipe);

/** A store with something told, something drafted and something that waits. */
async function filled(account) {
  const store = await storeOf(account);
  noteAccount(account, { user: `officer ${account}`, waiting: 1 });
  await store.replaceCases([known]);
  await store.setValue("lists", { at: "2026-11-24T08:00:00Z" });
  await store.saveSentItem({ key: "sent", title: "sent before" });
  const item = opening();
  await store.add(item, [photo()], { ...item, local: true });
  return { store, item };
}

test("signing out leaves nothing of the account", async () => {
  const { store } = await filled("7");
  await store.destroy();
  assert.deepEqual(await indexedDB.databases(), []);
  assert.deepEqual(accounts(), {});
});

test("who signs out by the portal's menu keeps the own acts, sent or not, and nothing that was told", async () => {
  const { store, item } = await filled("7");
  await store.forgetCases();
  assert.deepEqual(
    (await store.cases()).map(({ key }) => key),
    [item.key],
    "the case that only this phone has",
  );
  assert.deepEqual([await store.value("lists"), (await store.sentItems()).length], [undefined, 1]);
  assert.equal((await store.items()).length, 1);
  assert.equal((await store.photos(item.key)).length, 1);
});

test("another account finds nothing that was told to the first, whose row stays", async () => {
  const first = await filled("7");
  const second = await filled("8");
  await forgetOthers("8");
  const of = async ({ store }) => (await store.cases()).filter(({ local }) => !local).length;
  assert.deepEqual([await of(first), await of(second)], [0, 1]);
  assert.equal((await first.store.items()).length, 1);
  assert.deepEqual(Object.keys(accounts()), ["7", "8"]);
});

test("each account has a row of its own", async () => {
  await filled("7");
  const other = await storeOf("8");
  assert.deepEqual([await other.items(), await other.cases()], [[], []]);
});

test("lists that are fetched anew replace those before and leave the cases of this phone", async () => {
  const { store, item } = await filled("7");
  await store.replaceCases([{ id: 6, key: null }]);
  assert.deepEqual((await store.cases()).map(({ ref }) => ref).sort(), ["6", item.key]);
});

test("a case is found by its number and by the key it was opened with", async () => {
  const store = await storeOf("7");
  await store.saveCase({ id: 9, key: "opened-here" });
  assert.equal((await store.case("9")).key, "opened-here");
  assert.equal((await store.case("opened-here")).id, 9);
  assert.equal(await store.case("10"), null);
});

test("an item takes its pictures along when it leaves", async () => {
  const { store, item } = await filled("7");
  await store.remove(item.key);
  assert.deepEqual([await store.items(), await store.photos(item.key)], [[], []]);
});

test("the portal's word on a sent case takes the place of the phone's own", async () => {
  const { queue, store } = await phone(portal);
  const item = opening();
  navigator.onLine = false;
  await queue.add(item, [], { ...item, local: true, title: "as logged" });
  await queue.flush();
  navigator.onLine = true;
  await queue.flush();
  assert.deepEqual(
    (await store.cases()).map(({ id, local }) => [id, local]),
    [[100, undefined]],
  );
  await queue.stop();
});
