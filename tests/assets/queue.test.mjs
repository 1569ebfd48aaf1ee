// The row of what waits on the phone: order, repeats, conflicts, refusals, parts of files, full devices.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, mock, test } from "node:test";
import { noteOf, opening, Portal, phone, photo, stepOf, wipe } from "./phone.mjs";

const LARGE = 5_000_000; // bytes; more than the queue takes for small
let portal;
let device;
let queue;
let store;

before(async () => {
  portal = await Portal.open();
});
after(() => portal.close());
beforeEach(async () => {
  ({ device, queue, store } = await phone(portal));
  Object.assign(portal, { account: "7", requests: [], done: new Map(), reply: () => undefined });
  navigator.onLine = false;
  navigator.connection.type = "wifi";
});
afterEach(async () => {
  await queue.stop();
  await wipe();
});

/** Puts them in the row while there is no network. */
async function fill(...items) {
  for (const [item, ...photos] of items.map((each) => [each].flat())) await queue.add(item, photos);
  await queue.flush();
  navigator.onLine = true;
}

async function states() {
  return (await store.items()).map(({ state }) => state);
}

const notes = () => portal.acts.map(([, note]) => note);

test("items of one case are sent in the order in which they were made", async () => {
  const one = opening("one");
  await fill(one, noteOf(one, "two"), stepOf(one, "three"), noteOf(one, "four"));
  await queue.flush();
  assert.deepEqual(notes(), ["one", "two", "three", "four"]);
  assert.equal(await queue.count(), 0);
  assert.equal((await store.sentItems()).length, 4);
});

test("nothing is sent without a network", async () => {
  await fill(opening());
  navigator.onLine = false;
  await queue.flush({ now: true });
  assert.deepEqual(portal.requests, []);
  assert.equal(await queue.count(), 1);
});

test("what comes after a failure in the same case waits, and other cases go on", async () => {
  const [one, other] = [opening("one"), opening("other")];
  await fill(one, noteOf(one, "two"), other);
  portal.reply = ({ body }) => body.note === "one" && { status: 503, body: { error: "away" } };
  await queue.flush();
  assert.deepEqual(notes(), ["other"]);
  const [first] = await store.items();
  assert.deepEqual([first.state, first.attempts, first.problem], ["waiting", 1, "away"]);
});

test("a failure is tried again when its time has come, by itself, and the pauses grow", async () => {
  await fill(opening("one"));
  const pauses = [];
  portal.reply = () => ({ status: 503, body: { error: "away" } });
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
  for (let attempt = 1; attempt <= 4; attempt++) {
    await queue.flush();
    await queue.flush();
    assert.equal(portal.requests.length, attempt, "a second time only after the pause");
    const [item] = await store.items();
    pauses.push(item.next - Date.now());
    mock.timers.setTime(item.next);
  }
  assert.ok(
    pauses.every((pause, n) => pause >= 2500 * 2 ** n && pause <= 5000 * 2 ** n),
    String(pauses),
  );
  portal.reply = () => undefined;
  await queue.flush();
  assert.deepEqual(notes(), ["one"]);
});

test("the officer does not have to wait for the pause", async () => {
  await fill(opening("one"));
  portal.reply = () => ({ status: 503, body: { error: "away" } });
  await queue.flush();
  portal.reply = () => undefined;
  await queue.flush({ now: true });
  assert.equal(await queue.count(), 0);
});

test("a clock that was put back does not hold an item for ever", async () => {
  await fill(opening("one"));
  portal.reply = () => ({ status: 503, body: { error: "away" } });
  await queue.flush();
  const [item] = await store.items();
  await store.save({ ...item, next: Date.now() + 86_400_000 });
  portal.reply = () => undefined;
  await queue.flush();
  assert.deepEqual(notes(), ["one"]);
});

test("a portal that fails three times in a row is left alone", async () => {
  await fill(...[1, 2, 3, 4, 5].map(() => opening()));
  portal.reply = () => ({ status: 500, body: { error: "broken" } });
  await queue.flush();
  assert.equal(portal.requests.length, 3);
  assert.equal(await queue.count(), 5);
});

test("where nobody answers one attempt is enough", async () => {
  await fill(opening(), opening());
  portal.reply = () => "drop";
  await queue.flush();
  assert.equal(portal.requests.length, 1);
  assert.equal(await queue.count(), 2);
});

test("what was done but not answered is sent again with the same key and done once", async () => {
  const one = opening("one");
  await fill([one, photo()]);
  portal.reply = ({ path }) => (path === "cases/" ? "drop after" : undefined);
  await queue.flush();
  assert.equal(await queue.count(), 1);
  portal.reply = () => undefined;
  await queue.flush({ now: true });
  const keys = portal.sent("cases/").map(({ body }) => body.key);
  assert.deepEqual(keys, [one.key, one.key]);
  assert.deepEqual(portal.acts, [
    ["cases/", "one"],
    ["evidence/", "photo.jpg"],
  ]);
});

test("of two flushes at once only one sends", async () => {
  await fill(opening(), opening());
  await Promise.all([queue.flush(), queue.flush({ now: true }), queue.flush()]);
  await queue.flush();
  assert.equal(portal.requests.length, 2);
});

test("a picture that is there is not sent again when the next one fails", async () => {
  const [first, second] = [photo("first.jpg"), photo("second.jpg")];
  await fill([opening("one"), first, second]);
  portal.reply = ({ body }) => body.key === second.key && "drop";
  await queue.flush();
  assert.deepEqual(
    (await store.photos((await store.items())[0].key)).map(({ name }) => name),
    ["second.jpg"],
  );
  portal.reply = () => undefined;
  await queue.flush({ now: true });
  assert.deepEqual(
    portal.requests.map(({ body }) => body.note ?? body.file.name),
    ["one", "first.jpg", "second.jpg", "second.jpg"],
  );
  assert.equal(await queue.count(), 0);
});

test("a smaller picture that is there is not sent again when its original fails", async () => {
  navigator.connection.type = "cellular";
  await fill([opening("one"), photo("one.jpg", { original: 99 })]);
  await queue.flush();
  navigator.connection.type = "wifi";
  portal.reply = ({ body }) => body.of && "drop";
  await queue.flush();
  portal.reply = () => undefined;
  await queue.flush({ now: true });
  const sizes = portal.sent("evidence/").map(({ body }) => body.file.size);
  assert.deepEqual(sizes, [10, 99, 99]);
  const [picture, , original] = portal.sent("evidence/");
  assert.equal(original.body.of, picture.body.key);
  assert.notEqual(original.body.key, picture.body.key);
});

test("an original goes at once and alone where the line or the officer allows it", async () => {
  await fill([opening("one"), photo("one.jpg", { original: 99 })]);
  navigator.connection.type = "cellular";
  device.originals = "always";
  await fill([opening("two"), photo("two.jpg", { original: 77 })]);
  await queue.flush();
  navigator.connection.type = "wifi";
  assert.deepEqual(
    portal.sent("evidence/").map(({ body }) => body.file.size),
    [99, 77],
  );
  assert.equal(await queue.count(), 0);
});

test("a large file waits until everything small is sent", async () => {
  const one = opening("one");
  await fill(
    [one, photo("film.mp4", { size: LARGE }), photo("small.jpg")],
    noteOf(one, "later"),
    opening("two"),
  );
  await queue.flush();
  assert.deepEqual(
    portal.acts.map(([, name]) => name),
    ["one", "small.jpg", "two", "film.mp4", "later"],
  );
});

test("pictures go before the step that may need them", async () => {
  const one = { case_key: "a case of the portal's" };
  await fill([stepOf(one, "decide"), photo()]);
  await queue.flush();
  assert.deepEqual(
    portal.acts.map(([path]) => path),
    ["evidence/", "steps/"],
  );
});

test("a step on a case that somebody else changed waits for the officer, with both versions", async () => {
  const one = { case_key: "shared" };
  const step = stepOf(one, "mine", 3);
  await fill(step, noteOf(one, "after it"), opening("other"));
  const now = { case: { id: 4, revision: 5 }, since: [{ title: "theirs" }], error: "Somebody was faster." };
  portal.reply = ({ path }) => path === "steps/" && { status: 409, body: now };
  await queue.flush();
  assert.deepEqual(notes(), ["other"]);
  const [item] = await store.items();
  assert.deepEqual([item.state, item.problem], ["conflict", "Somebody was faster."]);
  assert.deepEqual(item.answer.since, [{ title: "theirs" }]);
  assert.deepEqual(item.body, step.body);
  await queue.flush({ now: true });
  assert.equal(portal.sent("steps/").length, 1, "not again by itself");
  portal.reply = () => undefined;
  await queue.resume(item, { revision: 5 });
  await queue.flush();
  assert.deepEqual(notes(), ["other", "mine", "after it"]);
  assert.deepEqual(
    portal.sent("steps/").map(({ body }) => [body.key, body.revision]),
    [
      [step.key, 3],
      [step.key, 5],
    ],
  );
});

test("the own step is no change by somebody else to the next one", async () => {
  const one = opening("one");
  await fill(one, stepOf(one, "first", 0), stepOf(one, "second", 0));
  await queue.flush();
  assert.deepEqual(
    portal.sent("steps/").map(({ body }) => body.revision),
    [1, 2],
  );
});

test("what a rule refuses stays to be changed, with its reasons", async () => {
  await fill(opening("wrong"), opening("right"));
  const refusals = [{ zh: "不行", en: "No." }];
  portal.reply = ({ body }) =>
    body.note === "wrong" && { status: 422, body: { error: "Refused.", refusals } };
  await queue.flush();
  const [item] = await store.items();
  assert.deepEqual([item.state, item.problem, item.refusals], ["refused", "Refused.", refusals]);
  portal.reply = () => undefined;
  await queue.resume(item, { body: { note: "mended" } });
  await queue.flush();
  assert.deepEqual(notes(), ["right", "mended"]);
});

test("what is deleted takes along what belongs to the same new case", async () => {
  const [one, other] = [opening("one"), opening("other")];
  await fill([one, photo()], noteOf(one), other);
  navigator.onLine = false;
  await queue.discard((await store.items())[0]);
  assert.deepEqual(
    (await store.items()).map(({ key }) => key),
    [other.key],
  );
  assert.deepEqual(await store.photos(one.key), []);
});

test("who is signed out loses nothing and sends nothing", async () => {
  await fill(opening("one"));
  portal.reply = () => ({ status: 401, body: { error: "Sign in." } });
  await queue.flush();
  assert.equal(queue.signedOut, true);
  assert.deepEqual(await states(), ["waiting"]);
  portal.reply = () => undefined;
  await queue.flush({ now: true });
  assert.equal(queue.signedOut, false);
  assert.deepEqual(notes(), ["one"]);
});

test("another account sends nothing of this one", async () => {
  await fill(opening("one"));
  portal.account = "8";
  await queue.flush({ now: true });
  assert.equal(queue.stranger, "somebody");
  assert.deepEqual(portal.requests, []);
  assert.deepEqual(await states(), ["waiting"]);
});

test("a device that is full keeps the whole item or nothing of it, and says so", async () => {
  navigator.onLine = false;
  const put = IDBObjectStore.prototype.put;
  mock.method(IDBObjectStore.prototype, "put", function (...given) {
    if (this.name === "photos") throw new DOMException("The device is full.", "QuotaExceededError");
    return put.apply(this, given);
  });
  const one = opening("one");
  await assert.rejects(queue.add(one, [photo()], { ...one, local: true }), { name: "QuotaExceededError" });
  mock.restoreAll();
  assert.deepEqual([await store.items(), await store.cases()], [[], []]);
});

test("how many wait is noted for the account, for when another one is at the phone", async () => {
  await fill(opening(), opening());
  assert.equal(JSON.parse(localStorage.getItem("field-accounts"))["7"].waiting, 2);
  await queue.flush();
  assert.equal(JSON.parse(localStorage.getItem("field-accounts"))["7"].waiting, 0);
});

test("the row keeps its order when the device's clock is put back", async () => {
  const one = opening("one");
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
  await queue.add(one);
  mock.timers.setTime(Date.now() - 3_600_000);
  await fill(noteOf(one, "two"));
  await queue.flush();
  assert.deepEqual(notes(), ["one", "two"]);
});

test("when the row is stopped nothing is under way any more", async () => {
  await fill([opening("one"), photo()], opening("two"));
  const sending = queue.flush();
  await queue.stop();
  const { length } = portal.requests;
  assert.ok(length < 3);
  await sending;
  await queue.flush({ now: true });
  assert.equal(portal.requests.length, length);
});
