// What a photo says of itself: its own time, place and heading; and keeping that in a smaller picture of it.

import "../../vendor/exifreader/dist/exif-reader.js"; // a classic script: it puts ExifReader beside the other globals

const TIFF = 10; // from the start of a JPEG's Exif segment to its TIFF header: marker, length, "Exif\0\0"
const LITTLE_ENDIAN = 0x4949;
const ENTRY = 12; // bytes
const UPRIGHT = 1;

/** {taken, lon, lat, heading, segment}; degrees, ISO 8601 with the zone where the camera tells it. Null for nothing. */
export function readMetadata(buffer) {
  let found;
  try {
    found = ExifReader.load(buffer, { expanded: true, includeOffsets: true });
  } catch {
    return null; // whatever is wrong in it, the picture counts
  }
  const { exif = {}, gps = {}, metadataRange } = found;
  const { Latitude: lat, Longitude: lon } = gps;
  const isPlaced = Number.isFinite(lat) && Number.isFinite(lon);
  return {
    taken: time(exif.DateTimeOriginal?.description, exif.OffsetTimeOriginal?.description),
    lon: isPlaced ? lon : null,
    lat: isPlaced ? lat : null,
    heading: heading(exif.GPSImgDirection?.value),
    segment: found.file?.FileType?.value === "jpeg" ? segment(buffer, metadataRange) : null,
  };
}

/** The JPEG with the original's segment, whose orientation is now that of the pixels. */
export function withSegment(picture, segment) {
  return new Blob([picture.slice(0, 2), upright(segment), picture.slice(2)], { type: "image/jpeg" });
}

function segment(buffer, range) {
  const block = range?.blocks.find(({ type }) => type === "exif");
  return block && block.end <= buffer.byteLength
    ? new Uint8Array(buffer.slice(block.start, block.end))
    : null;
}

function upright(segment) {
  const changed = segment.slice();
  const view = new DataView(changed.buffer, TIFF);
  const isLittle = view.getUint16(0) === LITTLE_ENDIAN;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return changed;
  const count = view.getUint16(directory, isLittle);
  for (let n = 0, entry = directory + 2; n < count && entry + ENTRY <= view.byteLength; n++, entry += ENTRY)
    if (view.getUint16(entry, isLittle) === 0x0112) view.setUint16(entry + 8, UPRIGHT, isLittle);
  return changed;
}

/** From 2026:11:24 08:00:00. */
function time(text, offset) {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text ?? "");
  if (!parts) return null;
  const zone = /^[+-]\d\d:\d\d$/.test(offset ?? "") ? offset : "";
  return `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}${zone}`;
}

/** From a fraction. */
function heading(value) {
  const degrees = Array.isArray(value) ? value[0] / value[1] : Number.NaN;
  return degrees >= 0 && degrees <= 360 ? degrees : null;
}
