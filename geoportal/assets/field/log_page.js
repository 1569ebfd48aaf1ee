// Logging a case: photo first, then place and category; the department, and what is open there already, by themselves.

import { element } from "../html/element.js";
import { Duplicates, storedDuplicates } from "./duplicates.js";
import { LocationPicker } from "./location_picker.js";
import { address, button, choice, field, Photos } from "./parts.js";
import { fill, gettext, pick } from "./words.js";

const DRAFT = "draft";
const PAUSE = 500; // milliseconds without a change before the portal is asked

export class LogPage {
  constructor(app, item = null) {
    this.app = app;
    this.item = item;
  }

  get title() {
    return this.item ? gettext("Change what was logged") : gettext("Log a case");
  }

  async open(box) {
    const { kit } = this.app;
    if (!kit) {
      box.append(
        element(
          "p",
          { class: "card" },
          gettext("Sign in once with a network; then cases can be logged anywhere."),
        ),
      );
      return;
    }
    this.given = this.item?.body ?? (await this.app.store.kept(DRAFT)) ?? {};
    this.place = new LocationPicker(this.app.position, await this.app.start());
    const hand = this.given.position;
    if (hand && hand.by !== "device") this.place.hand = hand;
    this.photos = new Photos(this.app, {
      owner: this.item?.key ?? DRAFT,
      position: () => this.place.value(),
      isFirst: true,
    });
    box.append(this.#form());
    await this.photos.load();
    this.place.open();
    this.place.addEventListener("change", () => this.#changed());
    this.photos.addEventListener("change", () => this.#offerPlace());
    this.#offerPlace();
    this.#changed();
  }

  close() {
    clearTimeout(this.timer);
    this.place?.close();
    this.closed = true;
  }

  #form() {
    const { given } = this;
    this.procedure = choice(
      [
        ["urban", gettext("A problem to be put right")],
        ["simple", gettext("An on-the-spot penalty")],
      ],
      given.procedure ?? "urban",
      { id: "procedure" },
    );
    this.category = element("select", { id: "category" });
    this.note = element("textarea", { id: "note", rows: "3", maxlength: "4000" });
    this.note.value = given.note ?? "";
    this.address = element("input", { id: "address", maxlength: "200", autocomplete: "off" });
    this.address.value = given.address ?? "";
    this.party = choice(
      [
        ["person", gettext("A natural person")],
        ["organisation", gettext("An organisation")],
        ["none", gettext("Not known yet")],
      ],
      given.party_kind ?? "person",
    );
    this.partyField = field(gettext("The party is"), this.party);
    const departments = Object.entries(this.app.kit.departments).map(([code, name]) => [code, pick(name)]);
    this.department = choice([["", gettext("As suggested")], ...departments], given.department ?? "");
    this.suggested = element("p", { class: "suggested", role: "status", id: "suggested", hidden: true });
    this.duplicates = new Duplicates((known) => this.#join(known));
    this.said = element("p", { class: "problem", role: "alert", hidden: true });
    this.fromPhoto = element("div", {});
    this.#fillCategories(given.category);
    const form = element(
      "form",
      { class: "log", onsubmit: (event) => this.#save(event) },
      this.photos.node,
      this.fromPhoto,
      element("h2", {}, gettext("Where")),
      this.place.node,
      element("h2", {}, gettext("What")),
      field(gettext("Kind"), this.procedure),
      field(gettext("Category"), this.category),
      this.suggested,
      this.duplicates.node,
      this.partyField,
      field(gettext("Note"), this.note),
      element(
        "details",
        {},
        element("summary", {}, gettext("Address, another department")),
        field(gettext("Address"), this.address),
        field(gettext("Department"), this.department),
      ),
      this.said,
      element("button", { type: "submit", class: "button wide" }, gettext("Keep and send")),
    );
    for (const input of [this.category, this.note, this.address, this.party, this.department])
      input.addEventListener("input", () => this.#changed());
    this.procedure.addEventListener("input", () => {
      this.#fillCategories("");
      this.#changed();
    });
    return form;
  }

  #fillCategories(chosen) {
    const groups = new Map();
    for (const matter of this.app.kit.matters.filter((each) => each.procedure === this.procedure.value)) {
      const group = pick(matter.group);
      if (!groups.has(group)) groups.set(group, element("optgroup", { label: group }));
      groups.get(group).append(element("option", { value: matter.code }, pick(matter.title)));
    }
    this.category.replaceChildren(element("option", { value: "" }, gettext("Choose")), ...groups.values());
    this.category.value = chosen ?? "";
    this.partyField.hidden = this.procedure.value !== "simple";
  }

  get matter() {
    const { kit } = this.app;
    return kit.matters.find(
      (each) => each.code === this.category.value && each.procedure === this.procedure.value,
    );
  }

  body() {
    return {
      category: this.category.value,
      procedure: this.procedure.value,
      department: this.department.value,
      note: this.note.value.trim(),
      address: this.address.value.trim(),
      party_kind: this.procedure.value === "simple" ? this.party.value : "none",
      position: this.place.value(),
    };
  }

  async #changed() {
    if (!this.item) await this.app.store.keep(DRAFT, { ...this.body(), party_kind: this.party.value });
    const { matter } = this;
    const here = this.place.shown();
    const asked = matter && `${matter.code} ${here?.lon.toFixed(4)} ${here?.lat.toFixed(4)}`;
    if (asked === this.asked) return;
    this.asked = asked;
    this.#tellDepartment(matter, matter);
    this.duplicates.show(matter && here ? await storedDuplicates(this.app.store, matter, here) : []);
    clearTimeout(this.timer);
    if (matter && here) this.timer = setTimeout(() => this.#ask(matter, asked), PAUSE);
  }

  async #ask(matter, asked) {
    const { lon, lat, system } = this.place.value();
    const words = new URLSearchParams({
      category: matter.code,
      procedure: matter.procedure,
      lon,
      lat,
      system,
    });
    try {
      const told = await this.app.server.get(`suggestion/?${words}`);
      if (this.closed || asked !== this.asked) return;
      this.#tellDepartment(matter, told);
      this.duplicates.show(told.alike);
    } catch {
      // Without an answer what the phone itself knows stays.
    }
  }

  #tellDepartment(matter, told) {
    this.suggested.hidden = !matter;
    if (!matter) return;
    const name = pick(this.app.kit.departments[told.department]);
    const open = told === matter && matter.routed ? gettext("the place is looked at when it is sent") : "";
    this.suggested.replaceChildren(
      element("b", {}, name),
      ` · ${[pick(told.sentence), open].filter(Boolean).join(" · ")}`,
    );
    this.follows = told.follows;
  }

  #offerPlace() {
    const photo = this.photos.all.find((each) => each.place);
    this.fromPhoto.replaceChildren();
    if (!photo) return;
    const put = () => this.place.put(photo.place.lon, photo.place.lat, "photo");
    this.fromPhoto.append(button(gettext("Put the pin where the photo was taken"), put, "plain"));
  }

  async #join(known) {
    const note = this.note.value.trim() || gettext("Found again on the spot.");
    await this.app.queue.add(
      {
        key: crypto.randomUUID(),
        kind: "note",
        case: known.id,
        case_key: known.key,
        title: fill(gettext("Joined to %(number)s"), { number: known.number || known.title }),
        body: { note, joins: true, position: this.place.value() },
      },
      this.photos.all,
    );
    await this.#done();
  }

  async #save(event) {
    event.preventDefault();
    const wrong = this.#wrong();
    this.said.hidden = !wrong;
    this.said.textContent = wrong;
    if (wrong) return;
    const { matter } = this;
    const body = this.body();
    if (this.item) await this.app.queue.resume(this.item, { body, title: pick(matter.title) });
    else {
      const key = crypto.randomUUID();
      await this.app.queue.add(
        { key, kind: "open", case: null, case_key: key, title: pick(matter.title), body },
        this.photos.all,
        this.#localCase(key, matter),
      );
    }
    await this.#done();
  }

  #wrong() {
    if (!this.photos.all.length && !this.note.value.trim())
      return gettext("Take a photo or a video first, or write a note.");
    if (!this.category.value) return gettext("Choose the category.");
    if (!this.place.value())
      return gettext("There is no position yet: wait for it, or move the map under the pin.");
    return "";
  }

  async #done() {
    if (!this.item) await this.app.store.forget(DRAFT);
    this.app.go("device");
  }

  /** What the phone shows until the portal knows the case. */
  #localCase(key, matter) {
    const version = this.app.kit.versions[this.follows];
    const procedure = this.app.kit.procedures[version];
    const here = this.place.shown();
    return {
      local: true,
      id: null,
      key,
      number: "",
      title: pick(matter.title),
      category: matter.code,
      category_title: matter.title,
      department: { code: matter.department, ...this.app.kit.departments[matter.department] },
      version,
      state: procedure?.start ?? "lead",
      state_title: procedure?.states[procedure.start]?.title ?? null,
      open: true,
      due: null,
      lon: here.lon,
      lat: here.lat,
      address: this.address.value,
      revision: 0,
      handler: "",
      mine: true,
      photos: this.photos.all
        .filter((photo) => photo.is_picture !== false)
        .map((photo) => ({ id: photo.key, url: address(photo.small), title: "" })),
      taken: [],
      steps: [],
      events: [],
    };
  }
}
