// Tiles of positions and places; the right values are those of the grid's definition (z/x/y of OpenStreetMap).

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EVERYWHERE,
  tileRange,
  tilesAround,
  tilesOfPlaces,
  touches,
} from "../../geoportal/assets/geography/tile_grid.js";

const HERE = { lon: 121.85, lat: 29.9 };
const at = (lon, lat, zoom) => {
  const { columns, rows } = tileRange([lon, lat, lon, lat], zoom);
  return [columns[0], rows[0]];
};

test("a position lies in the tile of the grid", () => {
  assert.deepEqual(at(0, 0, 0), [0, 0]);
  assert.deepEqual(at(-179.9, 85, 1), [0, 0]);
  assert.deepEqual(at(0.1, -0.1, 1), [1, 1]);
  assert.deepEqual(at(13.37771, 52.51628, 17), [70406, 42987], "the Brandenburg Gate");
  assert.deepEqual(at(HERE.lon, HERE.lat, 16), [54950, 27059]);
});

test("positions beyond the grid lie in its last tiles", () => {
  assert.deepEqual(at(200, 89, 3), [7, 0]);
  assert.deepEqual(at(-200, -89, 3), [0, 7]);
});

test("a place touches the tiles from its western to its eastern edge, and those that show its margin", () => {
  const edge = (54950 / 2 ** 16) * 360 - 180; // the western edge of the tile
  const place = [edge + 0.0001, HERE.lat, edge + 0.0002, HERE.lat];
  assert.deepEqual(tileRange(place, 16).columns, [54950, 54950]);
  assert.deepEqual(tileRange(place, 16, 64 / 4096).columns, [54950, 54950]);
  assert.deepEqual(tileRange(place, 16, 1 / 16).columns, [54949, 54950]);
});

test("around a position are nine tiles", () => {
  const tiles = tilesAround(HERE, 16);
  assert.equal(tiles.length, 9);
  assert.deepEqual(tiles[4], { x: 54950, y: 27059, z: 16 });
});

test("tiles of places are those of every zoom up to the deepest that changed", () => {
  const place = { bbox: [HERE.lon, HERE.lat, HERE.lon, HERE.lat], maxZoom: 14 };
  const limits = { deepest: 16, margin: 0, most: 400 };
  assert.deepEqual(
    tilesOfPlaces([place], limits).map(({ z }) => z),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
  );
  assert.equal(tilesOfPlaces([EVERYWHERE], limits), undefined);
  assert.equal(tilesOfPlaces([{ bbox: [121, 29, 122, 30], maxZoom: 16 }], limits), undefined);
});

test("a tile is touched by what lies on it or its margin, up to the place's deepest zoom", () => {
  const place = { bbox: [HERE.lon, HERE.lat, HERE.lon, HERE.lat], maxZoom: 16 };
  assert.equal(touches([place], { x: 54950, y: 27059, z: 16 }, 0), true);
  assert.equal(touches([place], { x: 54951, y: 27059, z: 16 }, 0), false);
  assert.equal(touches([place], { x: 109900, y: 54118, z: 17 }, 0), false);
  assert.equal(touches([EVERYWHERE], { x: 1, y: 1, z: 20 }, 0), true);
});
