// Puts the parts of the map page together.

import { EVERYWHERE } from "../geography/tile_grid.js";
import { pageData } from "../html/page_data.js";
import { portalClient } from "../http/client.js";
import { Api } from "./api.js";
import { ChangeStream } from "./change_stream.js";
import { LayerList } from "./layer_list.js";
import { Panel } from "./panel.js";
import { PlaceCard } from "./place_card.js";
import { Search } from "./search.js";
import { Store } from "./store.js";
import { View2d } from "./view2d.js";
import { View3d } from "./view3d.js";

const settings = pageData("settings");
settings.opacity = new Map();
const generated = settings.layers.some((layer) => layer.generated);
settings.attribution = [...new Set(settings.layers.flatMap((layer) => layer.sources ?? []))].join(" · ");

const store = new Store(settings);
const api = new Api(portalClient());
const panel = new Panel();
if (!store.state.placed) start();

const flat = new View2d(store, settings, settings.opacity, api);
let city = null;
let marked = [];
let place = null;

const views = () => (city ? [flat, city] : [flat]);
const layers = new LayerList(document.getElementById("tab-layers"), store, settings, {
  fade: (name) => views().map((view) => view.fade(name)),
  searchWithin: (query, name) => search.run(query, name),
});
const search = new Search(store, api, {
  bbox: () => (store.state.view === "3d" && city ? city : flat).bbox,
  show: (results, open) => {
    marked = results;
    for (const view of views()) view.mark(results);
    if (open && !store.state.sel) panel.open("results");
    else if (open && document.activeElement === document.getElementById("search")) panel.open("results");
  },
});
new PlaceCard(document.getElementById("tab-place"), store, api, {
  show: () => panel.open("place"),
  announce,
  highlight: (found) => {
    place = found;
    for (const view of views()) select(view);
  },
});

const changes = new ChangeStream(settings, api);
changes.addEventListener("change", ({ detail }) => {
  for (const view of views()) view.renew(detail);
});
changes.addEventListener("time", ({ detail }) => layers.setFreshness(detail));

let failing;
/** Tiles that cannot be drawn now: said once, and asked for again until they can. */
function failed() {
  if (failing) return;
  announce(gettext("Part of the map cannot be drawn now; it is tried again."));
  failing = setTimeout(() => {
    failing = undefined;
    const everywhere = new Map(settings.layers.map((layer) => [layer.name, [EVERYWHERE]]));
    for (const view of views()) view.renew(everywhere);
  }, 10_000);
}
flat.failed = failed;

const button = document.getElementById("view");
button.addEventListener("click", () => store.set({ view: store.state.view === "3d" ? "2d" : "3d" }));
store.on(["view"], () => switchView());
if (store.state.view === "3d") switchView();
document.getElementById("zoom-in").addEventListener("click", () => zoom(1));
document.getElementById("zoom-out").addEventListener("click", () => zoom(-1));
document.getElementById("locate").addEventListener("click", locate);
showNote();
document.documentElement.dataset.ready = "true";

function start() {
  const [west, south, east, north] = settings.extent ?? [121.6, 29.7, 122.2, 30];
  const width = ((east - west) / 360) * 256;
  const zoomed = Math.floor(Math.log2(Math.max(320, innerWidth - 420) / Math.max(width, 1e-6)));
  const wide = east - west > 0.25 && settings.extent;
  store.state.zoom = Math.min(16, Math.max(3, wide ? Math.max(zoomed, 12) : zoomed));
  store.state.lat = (south + north) / 2;
  store.state.lng = (west + east) / 2;
  if (settings.centre) [store.state.lng, store.state.lat] = settings.centre;
}

async function switchView() {
  const deep = store.state.view === "3d";
  try {
    if (deep && !city) {
      document.getElementById("map3d").hidden = false;
      city = await View3d.open(store, settings, settings.opacity, api);
      city.failed = failed;
      city.mark(marked);
    }
  } catch (problem) {
    announce(problem.message);
    document.getElementById("map3d").hidden = true;
    store.set({ view: "2d" });
    return;
  }
  document.getElementById("map3d").hidden = !deep;
  document.getElementById("map2d").style.visibility = deep ? "hidden" : "visible";
  button.setAttribute("aria-pressed", String(deep));
  button.textContent = deep ? "2D" : "3D";
  button.title = deep ? gettext("Back to the flat map") : gettext("Show this place in 3D");
  const view = deep ? city : flat;
  view.refresh();
  select(view);
}

function select(view) {
  const height = place?.layer === "buildings" ? place.height : 0;
  view.select(place?.geometry ?? null, place?.lon, place?.lat, height);
}

function zoom(step) {
  store.set({ zoom: Math.min(19, Math.max(3, Math.round(store.state.zoom) + step)) });
}

function locate() {
  if (!navigator.geolocation) return announce(gettext("This browser does not tell where it is."));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => store.set({ lat: coords.latitude, lng: coords.longitude, zoom: 17 }),
    () => announce(gettext("Your position is not available; allow it in the browser and try again.")),
    { timeout: 10000 },
  );
}

function showNote() {
  const line = document.getElementById("panel-note");
  line.hidden = !generated;
  line.textContent = gettext(
    "Demonstration: except for the boundary and the names and codes of divisions, everything is generated.",
  );
}

let toastTimer;
function announce(sentence) {
  const toast = document.getElementById("toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast.hidden = true;
  }, 8000);
}
