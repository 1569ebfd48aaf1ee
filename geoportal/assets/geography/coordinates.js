// Offset positions on the phone's own map. What is sent is the device's position as it is; the portal converts it.

const AXIS = 6378245;
const ECCENTRICITY = 0.006693421622965943;
const ANGLE = (Math.PI * 3000) / 180;
const { PI, sin, cos, abs, sqrt, atan2, hypot } = Math;

/** [lon, lat] as the map has it, from a device that gives it in `system`. */
export function truePosition(lon, lat, system) {
  if (system === "gcj02") return inverse(gcj02, lon, lat);
  if (system === "bd09") return inverse((x, y) => bd09(...gcj02(x, y)), lon, lat);
  return [lon, lat];
}

function inverse(forward, x, y) {
  let [lon, lat] = [x, y];
  for (let n = 0; n < 12; n++) {
    const [east, north] = forward(lon, lat);
    lon -= east - x;
    lat -= north - y;
  }
  return [lon, lat];
}

function gcj02(lon, lat) {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const short = waves(x, [20, 20], [6, 2]);
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * sqrt(abs(x)) +
    short +
    waves(x, [20, 40], [1, 1 / 3]) +
    waves(x, [150, 300], [1 / 12, 1 / 30]);
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * sqrt(abs(x)) +
    short +
    waves(y, [20, 40], [1, 1 / 3]) +
    waves(y, [160, 320], [1 / 12, 1 / 30]);
  const phi = (lat * PI) / 180;
  const magic = 1 - ECCENTRICITY * sin(phi) ** 2;
  const meridian = (AXIS * (1 - ECCENTRICITY)) / magic ** 1.5;
  const parallel = (AXIS / sqrt(magic)) * cos(phi);
  return [lon + (east / parallel) * (180 / PI), lat + (north / meridian) * (180 / PI)];
}

function bd09(lon, lat) {
  const radius = hypot(lon, lat) + 0.00002 * sin(lat * ANGLE);
  const angle = atan2(lat, lon) + 0.000003 * cos(lon * ANGLE);
  return [radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006];
}

function waves(value, weights, rates) {
  return (weights.reduce((sum, weight, n) => sum + weight * sin(value * rates[n] * PI), 0) * 2) / 3;
}

/** Metres between near positions. */
export function metres(a, b) {
  return hypot((a.lon - b.lon) * cos((a.lat * PI) / 180), a.lat - b.lat) * 111_195;
}
