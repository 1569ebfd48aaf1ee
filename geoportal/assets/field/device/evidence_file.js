// Evidence as it comes from the camera or the device, as it is. Of a large photo a smaller copy, with what the original
// says of time and place, goes ahead where the line is thin.

import { bytes } from "../format.js";
import { fill, gettext } from "../texts.js";
import { readMetadata, withSegment } from "./image_metadata.js";

const SIDE = 1600; // pixels
const QUALITY = 0.82;
const PLAIN = 1_500_000; // bytes; what is no larger goes as it is

/** A file that cannot be kept; the message says why. */
export class FileProblem extends Error {}

/** `most` bytes are sent of one file at most. */
export async function takeFile(file, { position, most }) {
  const isImage = file.type.startsWith("image/");
  const metadata = isImage ? readMetadata(await file.arrayBuffer()) : null;
  const { isDrawn, small } = isImage ? await smaller(file, metadata?.segment) : {};
  check(file.name, small ?? file, most);
  const isRecording = /^(video|audio)\//.test(file.type);
  return {
    key: crypto.randomUUID(),
    original_key: crypto.randomUUID(),
    name: file.name || "photo.jpg",
    is_picture: Boolean(isDrawn),
    small: small ?? file,
    original: small && file.size <= most ? file : null,
    taken: isRecording ? new Date(file.lastModified).toISOString() : (metadata?.taken ?? null),
    heading: metadata?.heading ?? null,
    place: metadata?.lon != null ? { lon: metadata.lon, lat: metadata.lat } : null,
    position,
    device_time: new Date().toISOString(),
    kind: isImage || isRecording ? "audio_visual" : "document",
    title: "",
    is_sent: false,
  };
}

function check(name, sent, most) {
  if (!sent.size) throw new FileProblem(fill(gettext("“%(name)s” is empty."), { name }));
  const sizes = { name, size: bytes(sent.size), most: bytes(most) };
  if (sent.size > most)
    throw new FileProblem(
      fill(
        gettext(
          "“%(name)s” has %(size)s; at most %(most)s can be sent from here. Record a shorter one, or bring it to the desk.",
        ),
        sizes,
      ),
    );
}

/** Whether this browser can draw the picture, and a JPEG of at most SIDE pixels of one that is large. */
async function smaller(file, segment) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap || file.size <= PLAIN) {
    bitmap?.close();
    return { isDrawn: Boolean(bitmap) };
  }
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return { isDrawn: true, small: made && segment ? withSegment(made, segment) : made };
}
