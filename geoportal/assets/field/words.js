// The app's texts in the language of the visitor, kept on the phone; what the district says comes as {zh, en}.

const KNOWN = ["zh-hans", "en"];
const state = { language: "zh-hans", catalog: {} };

export async function loadTexts(client, address) {
  state.language = chosen();
  const { catalog } = await client.get(address.replace("LANGUAGE", state.language));
  state.catalog = catalog ?? {};
  document.documentElement.lang = state.language;
}

/** The same cookie as on the other pages, else the browser's language. */
function chosen() {
  const kept = document.cookie.match(/(?:^|; )django_language=([^;]+)/)?.[1];
  if (KNOWN.includes(kept)) return kept;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-hans";
}

export function change() {
  const other = state.language === "en" ? "zh-hans" : "en";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every phone's browser
  document.cookie = `django_language=${other}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
}

export function language() {
  return state.language;
}

export function gettext(text) {
  const found = state.catalog[text];
  return (Array.isArray(found) ? found[0] : found) ?? text;
}

export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name]));
}

/** A text of the district in the visitor's language. */
export function pick(text) {
  if (!text) return "";
  if (typeof text === "string") return text;
  return (state.language === "en" ? text.en : text.zh) || text.zh || text.en || "";
}

export function moment(iso) {
  if (!iso) return "";
  const options = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(state.language, options).format(new Date(iso));
}

/** Such as 3.2 MB. */
export function bytes(count) {
  const unit = count < 1e6 ? "kilobyte" : "megabyte";
  const shown = { style: "unit", unit, maximumFractionDigits: count < 1e7 && count >= 1e6 ? 1 : 0 };
  return new Intl.NumberFormat(state.language, shown).format(
    Math.max(1, count / 1e3) / (count < 1e6 ? 1 : 1e3),
  );
}

export function distance(metres) {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}
