// What photos say of themselves, whole and broken; the pictures are made here, byte by byte.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.self = globalThis; // what a browser's scripts find themselves in
const { readMetadata, withSegment } = await import("../../geoportal/assets/field/device/image_metadata.js");

const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;

/** A TIFF directory with its values behind it; entries of [tag, type, values]. */
function directory(entries, at, little) {
  const view = new DataView(new ArrayBuffer(1000));
  view.setUint16(0, entries.length, little);
  let end = 2 + 12 * entries.length + 4;
  for (const [n, [tag, type, values]] of entries.entries()) {
    const entry = 2 + 12 * n;
    const count = type === RATIONAL ? values.length / 2 : values.length;
    const size = { [ASCII]: 1, [SHORT]: 2, [LONG]: 4, [RATIONAL]: 4 }[type];
    view.setUint16(entry, tag, little);
    view.setUint16(entry + 2, type, little);
    view.setUint32(entry + 4, count, little);
    let place = entry + 8;
    if (values.length * size > 4) {
      view.setUint32(place, at + end, little);
      place = end;
      end += values.length * size;
    }
    for (const [k, value] of [...values].entries())
      if (type === ASCII) view.setUint8(place + k, value.charCodeAt(0));
      else if (type === SHORT) view.setUint16(place + 2 * k, value, little);
      else view.setUint32(place + 4 * k, value, little);
  }
  return new Uint8Array(view.buffer, 0, end);
}

function jpeg({ little = true, taken = "2026:11:24 08:00:00\0", orientation = 6, gps = GPS } = {}) {
  const [photoAt, gpsAt] = [300, 600];
  const tiff = new Uint8Array(1000);
  const view = new DataView(tiff.buffer);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  const first = [
    [0x0112, SHORT, [orientation]],
    [0x8769, LONG, [photoAt]],
    [0x8825, LONG, [gpsAt]],
  ];
  tiff.set(directory(first, 8, little), 8);
  const photo = [
    [0x9003, ASCII, taken],
    [0x9011, ASCII, "+08:00\0"],
  ];
  tiff.set(directory(photo, photoAt, little), photoAt);
  tiff.set(directory(gps, gpsAt, little), gpsAt);
  const length = 2 + 6 + tiff.length;
  const head = [0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 255, ...Buffer.from("Exif\0\0")];
  return new Uint8Array([...head, ...tiff, 0xff, 0xda, 0, 2, 0xff, 0xd9]).buffer;
}

const GPS = [
  [1, ASCII, "S\0"],
  [2, RATIONAL, [29, 1, 54, 1, 9, 5]],
  [3, ASCII, "W\0"],
  [4, RATIONAL, [121, 1, 50, 1, 129, 5]],
  [17, RATIONAL, [427, 2]],
];

for (const little of [true, false])
  test(`time, place and heading are read, ${little ? "little" : "big"} end first`, () => {
    const { taken, lon, lat, heading } = readMetadata(jpeg({ little }));
    assert.deepEqual([taken, heading], ["2026-11-24T08:00:00+08:00", 213.5]);
    assert.ok(Math.abs(lat + 29.9005) < 1e-9 && Math.abs(lon + 121.8405) < 1e-9, `${lon} ${lat}`);
  });

for (const little of [true, false])
  test(`a smaller picture keeps the segment and stands upright, ${little ? "little" : "big"} end first`, async () => {
    const original = jpeg({ little });
    const { segment } = readMetadata(original);
    const small = new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9])]);
    const made = await withSegment(small, segment).arrayBuffer();
    const { taken, segment: kept } = readMetadata(made);
    assert.equal(taken, "2026-11-24T08:00:00+08:00");
    const changed = [...kept].filter((byte, n) => byte !== segment[n]);
    assert.equal(changed.length, 1, "only the orientation differs");
    assert.equal(ExifReader.load(made).Orientation.value, 1);
    assert.equal(ExifReader.load(original).Orientation.value, 6, "the original is as it was");
  });

test("what is no time, place or heading is none", () => {
  const gps = [[17, RATIONAL, [999, 1]]];
  const { taken, lon, lat, heading } = readMetadata(jpeg({ taken: "yesterday\0", gps }));
  assert.deepEqual([taken, lon, lat, heading], [null, null, null, null]);
});

test("a picture without metadata says nothing, and neither does what is no picture", () => {
  const bare = new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9]).buffer;
  assert.deepEqual([readMetadata(bare)?.taken ?? null, readMetadata(bare)?.segment ?? null], [null, null]);
  assert.equal(readMetadata(new TextEncoder().encode("a text").buffer), null);
  assert.equal(readMetadata(new ArrayBuffer(0)), null);
});

test("a picture that was cut or spoilt anywhere fails nothing", () => {
  const whole = new Uint8Array(jpeg());
  for (let length = 0; length < whole.length; length += 7) {
    const found = readMetadata(whole.slice(0, length).buffer);
    if (found?.segment) withSegment(new Blob(["\xff\xd8"]), found.segment);
  }
  for (let n = 0; n < whole.length; n += 3) {
    const spoilt = whole.slice();
    spoilt[n] ^= 0xff;
    const found = readMetadata(spoilt.buffer);
    if (found?.segment) withSegment(new Blob(["\xff\xd8"]), found.segment);
  }
});
