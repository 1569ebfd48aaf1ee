// The service worker: keeps the shell of one version, pictures of cases, and base map tiles that were looked at.
// `self.FIELD` is put before this by the portal: its version, the addresses of the shell and the
// base map's tiles, and the files that belong to it.

const { version, shell, files, tiles } = self.FIELD;
const SHELL = `field-shell-${version}`;
const PHOTOS = "field-photos";
const TILES = "field-tiles";
const TIMEOUT = 15_000; // milliseconds; a newer worker waits for what the old one is still asked
const MOST = { [PHOTOS]: 300, [TILES]: 800 };
const SHELL_FILES = new Set([shell, ...files]);

self.addEventListener("install", (event) => event.waitUntil(fillShell()));

self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === shell) event.respondWith(shellFirst(new Request(shell)));
  } else if (SHELL_FILES.has(pathname)) event.respondWith(shellFirst(request));
  else if (pathname.startsWith(`${shell}api/photos/`)) event.respondWith(cacheFirst(request, PHOTOS));
  else if (pathname.startsWith(tiles)) event.respondWith(cacheFirst(request, TILES, event));
});

/** All files of this version or none; a sign-in page is no shell. */
async function fillShell() {
  const cache = await caches.open(SHELL);
  for (const file of [shell, ...files]) {
    const answer = await fetch(file, { cache: "reload", redirect: "error", credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    await cache.put(file, answer);
  }
}

async function activate() {
  for (const name of await caches.keys())
    if (name.startsWith("field-shell-") && name !== SHELL) await caches.delete(name);
  await self.clients.claim();
}

async function shellFirst(request) {
  const cache = await caches.open(SHELL);
  return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

/** With the event what is kept is fetched anew behind it. */
async function cacheFirst(request, name, event) {
  const cache = await caches.open(name);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept && event) event.waitUntil(fetchInto(cache, name, request).catch(() => null));
  return kept ?? fetchInto(cache, name, request);
}

async function fetchInto(cache, name, request) {
  const answer = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT) });
  if (answer.ok && !answer.redirected) {
    await cache.put(request, answer.clone());
    const all = await cache.keys();
    for (const old of all.slice(0, Math.max(0, all.length - MOST[name]))) await cache.delete(old);
  }
  return answer;
}
