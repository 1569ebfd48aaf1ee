// The service worker: keeps the shell of one version, pictures of cases, and base map tiles that were looked at.
// `self.FIELD` is put before this by the portal: its version, the shell's address and the files that belong to it.

const { version, shell, files } = self.FIELD;
const SHELL = `field-shell-${version}`;
const PHOTOS = "field-photos";
const TILES = "field-tiles";
const PATIENCE = 15_000; // milliseconds; a newer worker waits for what the old one is still asked
const MOST = { [PHOTOS]: 300, [TILES]: 800 };
const KEPT = new Set([shell, ...files]);

self.addEventListener("install", (event) => event.waitUntil(fillShell()));

self.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith("field-shell-") && name !== SHELL) await caches.delete(name);
      await self.clients.claim();
    })(),
  ),
);

self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === shell) event.respondWith(fromShell(new Request(shell)));
  } else if (KEPT.has(address.pathname)) event.respondWith(fromShell(request));
  else if (address.pathname.startsWith(`${shell}api/photos/`)) event.respondWith(keptFirst(request, PHOTOS));
  else if (address.pathname.startsWith("/mapproxy/tiles/"))
    event.respondWith(keptFirst(request, TILES, event));
});

/** All files of this version or none; a sign-in page is no shell. */
async function fillShell() {
  const kept = await caches.open(SHELL);
  for (const file of [shell, ...files]) {
    const answer = await fetch(file, { cache: "reload", redirect: "error", credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    await kept.put(file, answer);
  }
}

async function fromShell(request) {
  const kept = await caches.open(SHELL);
  return (await kept.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

async function keptFirst(request, name, event) {
  const kept = await caches.open(name);
  const found = await kept.match(request, { ignoreVary: true });
  if (found && event) event.waitUntil(renewed(request, kept, name).catch(() => null));
  return found ?? renewed(request, kept, name);
}

async function renewed(request, kept, name) {
  const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  if (answer.ok && !answer.redirected) {
    await kept.put(request, answer.clone());
    const all = await kept.keys();
    for (const old of all.slice(0, Math.max(0, all.length - MOST[name]))) await kept.delete(old);
  }
  return answer;
}
