// What the phone asks and sends: each failure is of the kind that the row can act on, with a sentence.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Portal, phone, wipe } from "./phone.mjs";

const kinds = await import("../../geoportal/assets/field/queue/server.js");
const { HttpClient, HttpError } = await import("../../geoportal/assets/http/client.js");
const sentences = { unreachable: () => "Nobody answers.", failed: () => "It failed." };
let portal;
let device;
let server;

before(async () => {
  portal = await Portal.open();
  ({ device, server } = await phone(portal));
});
after(() => portal.close());
afterEach(async () => {
  Object.assign(portal, { requests: [], done: new Map(), reply: () => undefined });
  await wipe();
});

for (const [status, body, kind, sentence] of [
  [400, { error: "Not a key." }, "Refused", "Not a key."],
  [401, { error: "Sign in." }, "SignedOut", "Sign in."],
  [403, { error: "For officers." }, "NoOfficer", "For officers."],
  [404, { error: "No such case." }, "Refused", "No such case."],
  [408, { error: "Too slow." }, "Later", "Too slow."],
  [409, { error: "Somebody was faster." }, "Overtaken", "Somebody was faster."],
  [422, { error: "Not allowed.", refusals: ["why"] }, "Refused", "Not allowed."],
  [429, { error: "Too often." }, "Later", "Too often."],
  [500, "<h1>Server error</h1>", "Later", "The portal is out of order; it will be tried again."],
  [503, { error: "Being restored." }, "Later", "Being restored."],
])
  test(`${status} is ${kind}`, async () => {
    portal.reply = () => ({ status, body });
    const problem = await server.post("notes/", { key: "1" }).catch((found) => found);
    assert.equal(problem.constructor, kinds[kind]);
    assert.equal(problem.message, sentence);
    if (kind === "Later") assert.equal(problem.reached, true);
    if (status === 422) assert.deepEqual(problem.refusals, ["why"]);
    if (status === 409) assert.deepEqual(problem.answer, body);
  });

test("a line that breaks is no answer", async () => {
  portal.reply = () => "drop";
  const problem = await server.post("notes/", { key: "1" }).catch((found) => found);
  assert.deepEqual([problem.constructor, problem.reached], [kinds.Later, false]);
});

test("a token that ran out is asked for anew, once, and the act is sent again", async () => {
  const refusal = { status: 403, body: { error: "Load the page again.", stale: true } };
  server.client.csrf = "old";
  portal.reply = ({ token }) => token === "old" && refusal;
  await server.post("notes/", { key: "1" });
  assert.deepEqual(
    portal.requests.map(({ token }) => token),
    ["old", "token"],
  );
  portal.reply = () => refusal;
  await assert.rejects(server.post("notes/", { key: "2" }), kinds.Later);
  assert.equal(portal.requests.length, 4);
});

test("a file is sent with what is known of it, and nothing that is not", async () => {
  const position = { lon: 121.8, lat: 29.9 };
  const fields = { key: "1", position, taken: null, heading: undefined, title: "" };
  await server.postFile("evidence/", fields, new Blob(["content"]), "a.jpg");
  const [{ body }] = portal.requests;
  assert.deepEqual(Object.keys(body).sort(), ["file", "key", "position"]);
  assert.deepEqual(JSON.parse(body.position), position);
  assert.deepEqual([body.file.name, await body.file.text()], ["a.jpg", "content"]);
});

test("the clocks are compared when the token is fetched", async () => {
  const real = Date.now;
  Date.now = () => real() + 7_200_000;
  await server.token();
  Date.now = real;
  assert.ok(Math.abs(device.clockOff - 7200) <= 2, String(device.clockOff));
  assert.equal(device.clockIsWrong, true);
});

test("who does not answer in time is unreachable", async () => {
  portal.reply = () => new Promise(() => {});
  const client = new HttpClient(sentences, portal.root);
  const problem = await client.get("cases/", { timeout: 50.5 }).catch((found) => found);
  assert.deepEqual([problem.constructor, problem.message, problem.status], [HttpError, "Nobody answers.", 0]);
});

test("who asks no more is not told of a failure", async () => {
  portal.reply = () => new Promise(() => {});
  const client = new HttpClient(sentences, portal.root);
  const stop = new AbortController();
  const asked = client.get("cases/", { signal: stop.signal });
  stop.abort();
  await assert.rejects(asked, { name: "AbortError" });
});

test("an answer that is no JSON is a failure with the client's own sentence", async () => {
  portal.reply = () => ({ status: 200, body: "<h1>A hotel's sign-in page</h1>" });
  const client = new HttpClient(sentences, portal.root);
  await assert.rejects(client.get("cases/"), { message: "It failed.", status: 200 });
});

test("pictures come as they are, or not at all", async () => {
  const client = new HttpClient(sentences, portal.root);
  portal.reply = () => ({ status: 200, body: "a picture" });
  assert.equal(await (await client.blob("1.png")).text(), "a picture");
  portal.reply = () => ({ status: 404, body: "none" });
  await assert.rejects(client.blob("1.png"), { status: 404 });
});
