// What a JPEG says of itself: its own time, place, heading and camera; and putting that into a smaller picture.

const SOI = 0xffd8;
const APP1 = 0xffe1;
const START_OF_SCAN = 0xffda;
const EXIF = 0x45786966;
const TIFF = 10; // from the start of the segment to the TIFF header: marker, length, "Exif\0\0"
const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };
const TAGS = { MAKE: 0x010f, MODEL: 0x0110, ORIENTATION: 0x0112, EXIF_PART: 0x8769, GPS_PART: 0x8825 };
const TAKEN = { AT: 0x9003, OFFSET: 0x9011 };
const GPS = { LAT_REF: 1, LAT: 2, LON_REF: 3, LON: 4, HEADING: 17 };

/** {segment, taken, lon, lat, heading, device}, or null where there is nothing to read. */
export function readExif(buffer) {
  try {
    const segment = find(new DataView(buffer));
    return segment && { segment, ...described(new Reader(segment)) };
  } catch (problem) {
    if (problem instanceof RangeError) return null; // the picture ends before its own directory says so
    throw problem;
  }
}

/** The picture with the original's segment, whose orientation is now that of the pixels. */
export async function withExif(picture, segment) {
  const upright = segment.slice();
  new Reader(upright).setUpright();
  return new Blob([picture.slice(0, 2), upright, picture.slice(2)], { type: "image/jpeg" });
}

function find(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== SOI) return null;
  for (let at = 2; at + 4 < view.byteLength; ) {
    const marker = view.getUint16(at);
    if (marker === START_OF_SCAN || marker < 0xff00) return null;
    const length = view.getUint16(at + 2);
    if (marker === APP1 && view.getUint32(at + 4) === EXIF)
      return new Uint8Array(view.buffer.slice(at, at + 2 + length));
    at += 2 + length;
  }
  return null;
}

class Reader {
  constructor(segment) {
    this.view = new DataView(segment.buffer, segment.byteOffset + TIFF, segment.byteLength - TIFF);
    this.little = this.view.getUint16(0) === 0x4949;
    this.first = this.directory(this.view.getUint32(4, this.little));
  }

  directory(at) {
    const found = new Map();
    const count = this.view.getUint16(at, this.little);
    for (let n = 0; n < count; n++) {
      const entry = at + 2 + 12 * n;
      found.set(this.view.getUint16(entry, this.little), entry);
    }
    return found;
  }

  part(tag) {
    const entry = this.first.get(tag);
    return entry === undefined ? new Map() : this.directory(this.view.getUint32(entry + 8, this.little));
  }

  value(entry) {
    if (entry === undefined) return null;
    const kind = this.view.getUint16(entry + 2, this.little);
    const count = this.view.getUint32(entry + 4, this.little);
    const size = (SIZES[kind] ?? 1) * count;
    const at = size > 4 ? this.view.getUint32(entry + 8, this.little) : entry + 8;
    if (kind === 2) return this.text(at, count);
    const read = { 3: 2, 4: 4, 5: 8, 9: 4, 10: 8 }[kind];
    if (!read || count > 8) return null;
    return Array.from({ length: count }, (_, n) => this.number(at + n * read, kind));
  }

  text(at, count) {
    let found = "";
    for (let n = 0; n < Math.min(count, 200); n++) {
      const code = this.view.getUint8(at + n);
      if (!code) break;
      found += String.fromCharCode(code);
    }
    return found.trim();
  }

  number(at, kind) {
    if (kind === 3) return this.view.getUint16(at, this.little);
    if (kind === 4) return this.view.getUint32(at, this.little);
    if (kind === 9) return this.view.getInt32(at, this.little);
    return this.view.getUint32(at, this.little) / this.view.getUint32(at + 4, this.little);
  }

  setUpright() {
    const entry = this.first.get(TAGS.ORIENTATION);
    if (entry !== undefined) this.view.setUint16(entry + 8, 1, this.little);
  }
}

function described(reader) {
  const taken = reader.part(TAGS.EXIF_PART);
  const place = reader.part(TAGS.GPS_PART);
  const lat = degrees(reader.value(place.get(GPS.LAT)), reader.value(place.get(GPS.LAT_REF)) === "S");
  const lon = degrees(reader.value(place.get(GPS.LON)), reader.value(place.get(GPS.LON_REF)) === "W");
  const heading = reader.value(place.get(GPS.HEADING))?.[0];
  const names = [reader.value(reader.first.get(TAGS.MAKE)), reader.value(reader.first.get(TAGS.MODEL))];
  return {
    taken: time(reader.value(taken.get(TAKEN.AT)), reader.value(taken.get(TAKEN.OFFSET))),
    lon: lon === null || lat === null ? null : lon,
    lat: lon === null || lat === null ? null : lat,
    heading: heading >= 0 && heading <= 360 ? heading : null,
    device: names.filter(Boolean).join(" "),
  };
}

/** 2026:11:24 08:00:00 as ISO 8601, with the zone where the camera tells it. */
function time(text, offset) {
  const parts = text?.match(/^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/);
  if (!parts) return null;
  const zone = /^[+-]\d\d:\d\d$/.test(offset ?? "") ? offset : "";
  return `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}${zone}`;
}

function degrees(parts, isNegative) {
  if (parts?.length !== 3 || parts.some((part) => !Number.isFinite(part))) return null;
  const found = parts[0] + parts[1] / 60 + parts[2] / 3600;
  return isNegative ? -found : found;
}
