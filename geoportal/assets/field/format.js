// Times, sizes and distances as the visitor's language writes them.

import { language } from "./texts.js";

export function moment(iso) {
  if (!iso) return "";
  const options = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), options).format(new Date(iso));
}

/** Such as 3.2 MB. */
export function bytes(count) {
  const unit = count < 1e6 ? "kilobyte" : "megabyte";
  const options = { style: "unit", unit, maximumFractionDigits: count < 1e7 && count >= 1e6 ? 1 : 0 };
  return new Intl.NumberFormat(language(), options).format(
    Math.max(1, count / 1e3) / (count < 1e6 ? 1 : 1e3),
  );
}

export function distance(metres) {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}
