// The app's texts in the language of the visitor, kept on the phone; what the district names comes as {zh, en}.

const LANGUAGES = ["zh-hans", "en"];
const state = { language: LANGUAGES[0], catalog: {} };

/** `address` is that of the catalogue, with LANGUAGE in the place of its code. */
export async function loadTexts(client, address) {
  state.language = preferredLanguage();
  const { catalog } = await client.get(address.replace("LANGUAGE", state.language));
  state.catalog = catalog ?? {};
  document.documentElement.lang = state.language;
}

/** The same cookie as on the other pages, else the browser's language. */
function preferredLanguage() {
  const kept = document.cookie.match(/(?:^|; )django_language=([^;]+)/)?.[1];
  if (LANGUAGES.includes(kept)) return kept;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-hans";
}

export function switchLanguage() {
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
export function localized(text) {
  if (!text) return "";
  if (typeof text === "string") return text;
  return (state.language === "en" ? text.en : text.zh) || text.zh || text.en || "";
}
