// Logging a case: photo first, then place and category; the department, and what is open there already, by themselves.

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { fill, gettext, localized } from "../texts.js";
import { button, field, objectUrl, option, problem, select } from "./controls.js";
import { duplicates, storedDuplicates } from "./duplicates.js";
import { EvidenceInput } from "./evidence_input.js";
import { LocationPicker } from "./location_picker.js";
import { draftParties, knownParties, missingParty, parties } from "./party_input.js";
import { knownSubjects, missingSubject, subjects } from "./subject_input.js";

const DRAFT = "draft";
const PAUSE = 500; // milliseconds without a change before the portal is asked
const EMPTY = {
  procedure: "",
  category: "",
  party_kind: "person",
  party_name: "",
  party_id: "",
  party_phone: "",
  parties: [],
  subjects: [],
  note: "",
  address: "",
  department: "",
};

export class LogPage {
  /** `item` is one that waits and is changed. */
  constructor(app, item = null) {
    this.app = app;
    this.item = item;
    this.problem = "";
    this.suggestion = null;
    this.duplicates = [];
  }

  get title() {
    return this.item ? gettext("Change what was logged") : gettext("Log a case");
  }

  async open(box) {
    this.box = box;
    const { store, device, position, bundle, startPosition } = this.app;
    this.kit = bundle.kit;
    if (!this.kit) {
      render(this.#unknown(), box);
      return;
    }
    const { position: place, ...entered } = this.item?.body ?? (await store.value(DRAFT)) ?? {};
    this.entered = { ...EMPTY, ...entered };
    this.entered.procedure ||= this.kit.kinds[0]?.code ?? "";
    this.picker = new LocationPicker(position, startPosition, place && place.by !== "device" ? place : null);
    this.evidence = new EvidenceInput(
      { store, device, kit: this.kit },
      { owner: this.item?.key ?? DRAFT, position: () => this.picker.value(), isFirst: true },
    );
    this.#render();
    await this.evidence.load();
    this.picker.open();
    this.picker.addEventListener("change", () => this.#change());
    this.evidence.addEventListener("change", () => this.#render());
    this.#change();
  }

  close() {
    clearTimeout(this.timer);
    this.picker?.close();
    this.isClosed = true;
  }

  get matter() {
    const { category, procedure } = this.entered;
    return this.kit.matters.find((each) => each.code === category && each.procedure === procedure);
  }

  get #kind() {
    return this.kit.kinds.find((each) => each.code === this.entered.procedure);
  }

  get #roles() {
    return this.#kind?.parties ?? [];
  }

  get #subjectRules() {
    return this.#kind?.subjects ?? [];
  }

  #unknown() {
    const text = gettext("Sign in once with a network; then cases can be logged anywhere.");
    return html`<h1>${this.title}</h1><p class="card">${text}</p>`;
  }

  #render() {
    const { entered } = this;
    const note = html`<textarea
      id="note"
      rows="3"
      maxlength="4000"
      .value=${live(entered.note)}
      @input=${(event) => this.#enter("note", event.target.value)}
    ></textarea>`;
    render(
      html`<h1>${this.title}</h1>
        <form class="log" @submit=${(event) => this.#submit(event)}>
          ${this.evidence.node} ${this.#photoPlace()}
          <h2>${gettext("Where")}</h2>
          ${this.picker.node}
          <h2>${gettext("What")}</h2>
          ${this.#procedure()} ${this.#category()} ${this.#suggestion()}
          ${duplicates(this.duplicates, (known) => this.#join(known))}
          ${this.#subjectRules.length ? this.#subjects() : nothing}
          ${this.#roles.length ? this.#parties() : nothing} ${field(gettext("Note"), "note", note)}
          ${this.#details()} ${problem(this.problem)}
          <button type="submit" class="button wide">${gettext("Keep and send")}</button>
        </form>`,
      this.box,
    );
  }

  #photoPlace() {
    const photo = this.evidence.pieces.find(({ place }) => place);
    if (!photo) return nothing;
    const put = () => this.picker.put(photo.place.lon, photo.place.lat, "photo");
    return html`<div>${button(gettext("Put the pin where the photo was taken"), put, "plain")}</div>`;
  }

  #procedure() {
    const options = this.kit.kinds.map(({ code, title }) => [code, localized(title)]);
    const choose = (code) => {
      this.entered.category = "";
      this.#enter("procedure", code);
    };
    return field(gettext("Kind"), "procedure", select("procedure", options, this.entered.procedure, choose));
  }

  #category() {
    const { procedure, category } = this.entered;
    const groups = new Map();
    for (const matter of this.kit.matters.filter((each) => each.procedure === procedure)) {
      const title = localized(matter.group);
      groups.set(title, [...(groups.get(title) ?? []), matter]);
    }
    const control = html`<select id="category" @change=${({ target }) => this.#enter("category", target.value)}>
      ${option("", gettext("Choose"), category)}
      ${[...groups].map(
        ([title, members]) =>
          html`<optgroup label=${title}>
            ${members.map((matter) => option(matter.code, localized(matter.title), category))}
          </optgroup>`,
      )}
    </select>`;
    return field(gettext("Category"), "category", control);
  }

  #suggestion() {
    const { matter, suggestion } = this;
    if (!matter) return html`<p class="suggested" role="status" id="suggested" hidden></p>`;
    const from = suggestion ?? matter;
    const open = !suggestion && matter.routed ? gettext("the place is looked at when it is sent") : "";
    const why = [localized(from.sentence), open].filter(Boolean).join(" · ");
    const department = localized(this.kit.departments[from.department]);
    return html`<p class="suggested" role="status" id="suggested"><b>${department}</b> · ${why}</p>`;
  }

  #parties() {
    return parties(this.#roles, this.entered, (changes) => {
      Object.assign(this.entered, changes);
      this.#change();
    });
  }

  #subjects() {
    return subjects(this.#subjectRules, this.suggestion?.features, this.entered, (changes) => {
      Object.assign(this.entered, changes);
      this.#change();
    });
  }

  #details() {
    const departments = Object.entries(this.kit.departments).map(([code, name]) => [code, localized(name)]);
    const options = [["", gettext("As suggested")], ...departments];
    const choose = (code) => this.#enter("department", code);
    const address = html`<input
      id="address"
      maxlength="200"
      autocomplete="off"
      .value=${live(this.entered.address)}
      @input=${(event) => this.#enter("address", event.target.value)}
    />`;
    return html`<details>
      <summary>${gettext("Address, another department")}</summary>
      ${field(gettext("Address"), "address", address)}
      ${field(gettext("Department"), "department", select("department", options, this.entered.department, choose))}
    </details>`;
  }

  #enter(name, value) {
    this.entered[name] = value;
    this.#change();
  }

  #body() {
    const { entered } = this;
    return {
      ...entered,
      note: entered.note.trim(),
      address: entered.address.trim(),
      ...knownParties(this.#roles, entered),
      subjects: knownSubjects(this.#subjectRules, entered),
      position: this.picker.value(),
    };
  }

  /** What was entered is kept as a draft; another category or place brings another suggestion. */
  async #change() {
    if (!this.item)
      await this.app.store.setValue(DRAFT, {
        ...this.#body(),
        ...draftParties(this.entered),
        subjects: this.entered.subjects,
      });
    const { matter } = this;
    const here = this.picker.location();
    const question = matter && `${matter.code} ${here?.lon.toFixed(4)} ${here?.lat.toFixed(4)}`;
    if (question !== this.question) {
      this.question = question;
      this.suggestion = null;
      this.duplicates = matter && here ? await storedDuplicates(this.app.store, matter, here) : [];
      clearTimeout(this.timer);
      if (matter && here) this.timer = setTimeout(() => this.#suggest(matter, question), PAUSE);
    }
    if (!this.isClosed) this.#render();
  }

  async #suggest({ code, procedure }, question) {
    const { lon, lat, system } = this.picker.value();
    const query = new URLSearchParams({ category: code, procedure, lon, lat, system });
    const answer = await this.app.server.get(`suggestion/?${query}`).catch(() => null);
    // Without an answer what the phone itself knows stays.
    if (!answer || this.isClosed || question !== this.question) return;
    this.suggestion = answer;
    this.duplicates = answer.alike;
    this.#render();
  }

  async #join(known) {
    const note = this.entered.note.trim() || gettext("Found again on the spot.");
    await this.app.queue.add(
      {
        key: crypto.randomUUID(),
        kind: "note",
        case: known.id,
        case_key: known.key,
        title: fill(gettext("Joined to %(number)s"), { number: known.number || known.title }),
        body: { note, joins: true, position: this.picker.value() },
      },
      this.evidence.pieces,
    );
    await this.#leave();
  }

  async #submit(event) {
    event.preventDefault();
    this.problem = this.#missing();
    this.#render();
    if (this.problem) return;
    const { matter } = this;
    const body = this.#body();
    const title = localized(matter.title);
    if (this.item) await this.app.queue.resume(this.item, { body, title });
    else {
      const key = crypto.randomUUID();
      const item = { key, kind: "open", case: null, case_key: key, title, body };
      await this.app.queue.add(item, this.evidence.pieces, this.#localCase(key, matter));
    }
    await this.#leave();
  }

  #missing() {
    if (!this.evidence.pieces.length && !this.entered.note.trim())
      return gettext("Take a photo or a video first, or write a note.");
    if (!this.entered.category) return gettext("Choose the category.");
    const party = missingParty(this.#roles, this.entered);
    if (party) return party;
    const subject = missingSubject(this.#subjectRules, this.suggestion?.features, this.entered);
    if (subject) return subject;
    if (!this.picker.value())
      return gettext("There is no position yet: wait for it, or move the map under the pin.");
    return "";
  }

  async #leave() {
    if (!this.item) await this.app.store.removeValue(DRAFT);
    this.app.go("device");
  }

  /** What the phone shows until the portal knows the case. */
  #localCase(key, matter) {
    const version = this.kit.versions[(this.suggestion ?? matter).follows];
    const procedure = this.kit.procedures[version];
    const here = this.picker.location();
    const pictures = this.evidence.pieces.filter((piece) => piece.is_picture !== false);
    return {
      local: true,
      id: null,
      key,
      number: "",
      title: localized(matter.title),
      category: matter.code,
      category_title: matter.title,
      department: { code: matter.department, ...this.kit.departments[matter.department] },
      version,
      state: procedure?.start ?? "lead",
      state_title: procedure?.states[procedure.start]?.title ?? null,
      open: true,
      due: null,
      lon: here.lon,
      lat: here.lat,
      address: this.entered.address,
      revision: 0,
      handler: "",
      mine: true,
      photos: pictures.map((piece) => ({ id: piece.key, url: objectUrl(piece.small), title: "" })),
      taken: [],
      steps: [],
      events: [],
    };
  }
}
