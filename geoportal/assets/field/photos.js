// Photos as they come from the camera or the gallery: made smaller, with what the original says of time and place.

import { readExif, withExif } from "./exif.js";

const SIDE = 1600; // pixels
const QUALITY = 0.82;

export async function takePhoto(file, { position, keepOriginal }) {
  const exif = file.type === "image/jpeg" ? readExif(await file.arrayBuffer()) : null;
  const small = await smaller(file, exif);
  return {
    key: crypto.randomUUID(),
    original_key: crypto.randomUUID(),
    name: file.name || "photo.jpg",
    small: small ?? file,
    original: small && keepOriginal ? file : null,
    taken: exif?.taken ?? null,
    heading: exif?.heading ?? null,
    place: exif?.lon != null ? { lon: exif.lon, lat: exif.lat } : null,
    position,
    said_at: new Date().toISOString(),
    kind: "audio_visual",
    title: "",
    is_sent: false,
  };
}

/** A JPEG of at most SIDE pixels, or null where this browser cannot draw the picture. */
async function smaller(file, exif) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return made && exif ? withExif(made, exif.segment) : made;
}
