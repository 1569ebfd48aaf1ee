// One case in the field: what it is, what may be done now, photos and notes, and what happened; or one step of it.

import { color, dot } from "../../basemap/markers.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { bytes, moment } from "../format.js";
import { caseOf } from "../queue/delivery.js";
import { expectedState, readySteps } from "../storage/procedure.js";
import { fill, gettext, localized } from "../texts.js";
import { dueBadge } from "./case_list_page.js";
import { badge, button, field, fileSign, problem } from "./controls.js";
import { EvidenceInput } from "./evidence_input.js";
import { offlineMap } from "./offline_map.js";
import { StepForm } from "./step_form.js";

const PARTNER = "second"; // the second officer of the last step, as stored

export class CasePage {
  /** `ref` is the case's number or key, `code` that of a step, `item` one that waits and is changed. */
  constructor(app, ref, code = "", item = null) {
    Object.assign(this, { app, ref, code, item });
    this.note = "";
    this.problem = "";
  }

  async load() {
    const { store, bundle } = this.app;
    this.known = await store.case(this.ref);
    if (!navigator.onLine || this.known?.id === null || !/^\d+$/.test(this.ref)) return;
    await bundle.fetchCase(this.ref).catch(() => null);
    this.known = await store.case(this.ref);
  }

  async open(box) {
    this.box = box;
    const { known } = this;
    if (!known) {
      const text = gettext("This case is not on this device; open it with a network.");
      render(html`<h1>${gettext("Case")}</h1><p class="card">${text}</p>`, box);
      return;
    }
    const { store, device, bundle, position } = this.app;
    this.procedure = bundle.procedures[known.version];
    const ref = known.key ?? String(known.id);
    this.waiting = (await store.items()).filter((each) => caseOf(each) === ref && each !== this.item);
    const draft = `draft-${ref}${this.code && `-${this.code}`}`;
    this.evidence = new EvidenceInput(
      { store, device, kit: bundle.kit },
      { owner: this.item?.key ?? draft, position: () => position.value },
    );
    await this.evidence.load();
    if (this.code) await this.#openStep();
    else await this.#openOverview();
  }

  close() {
    this.map?.remove();
    this.form?.close();
  }

  async #openOverview() {
    this.lists = await this.app.store.value("lists");
    this.#renderOverview();
    const { known } = this;
    const box = this.box.querySelector(".small-map");
    if (!box) return;
    this.map = offlineMap(box, gettext("Where the case is"));
    this.map.setView([known.lat, known.lon], 17, { animate: false });
    dot(known, color("case-mark"), { radius: 9 }).addTo(this.map);
  }

  #renderOverview() {
    const { known } = this;
    const summary = [known.number, localized(known.category_title), known.address].filter(Boolean);
    const state = expectedState(known, this.waiting, this.procedure);
    const waits = this.waiting.length ? badge(gettext("part of it still on this device"), "fair") : nothing;
    render(
      html`<h1>${known.title}</h1>
        <p class="note">${summary.join(" · ")}</p>
        <p>${badge(localized(state.title), "info")} ${dueBadge(known, this.lists)} ${moneyBadge(known)} ${waits}</p>
        <h2>${gettext("What can be done now")}</h2>
        ${this.#steps()} ${this.#addition()} ${exhibits(known, (piece) => this.#confirm(piece))}
        ${known.lon === null ? nothing : html`<h2>${gettext("Where")}</h2><div class="small-map"></div>`}
        ${history(known)}`,
      this.box,
    );
  }

  #steps() {
    const posts = this.app.bundle.kit?.officer.posts ?? [];
    const ready = readySteps(this.known, this.waiting, this.procedure, posts);
    const mine = ready.filter(({ against }) => !against.length);
    const others = ready.filter(({ against }) => against.length);
    const note = (text) => html`<p class="note">${text}</p>`;
    return html`<div class="step-list">
      ${mine.map(
        ({ code, step }) =>
          html`<a class="button" href="#step/${this.ref}/${code}">${localized(step.title)}</a>`,
      )}
      ${mine.length ? nothing : note(gettext("No step of yours now."))}
      ${others.map(({ step, against }) =>
        note(`${localized(step.title)}: ${against.map(localized).join(" ")}`),
      )}
    </div>`;
  }

  /** Evidence or a note beside the steps. */
  #addition() {
    const note = html`<textarea
      id="addition-note"
      rows="2"
      maxlength="4000"
      .value=${this.note}
      @input=${({ target }) => {
        this.note = target.value;
      }}
    ></textarea>`;
    return html`<details class="card" ?open=${this.evidence.pieces.length > 0}>
      <summary>${gettext("Add evidence or a note")}</summary>
      ${this.evidence.node} ${field(gettext("Note"), "addition-note", note)} ${problem(this.problem)}
      ${button(gettext("Keep and send"), () => this.#sendAddition())}
    </details>`;
  }

  async #sendAddition() {
    const note = this.note.trim();
    const isEmpty = !this.evidence.pieces.length && !note;
    this.problem = isEmpty ? gettext("Take a photo, choose a file or write a note first.") : "";
    this.#renderOverview();
    if (isEmpty) return;
    if (note) await this.#send("note", { note }, gettext("Note"));
    else await this.#send("evidence", {}, gettext("Evidence"));
  }

  async #confirm({ id, title }) {
    await this.#send("confirmation", { evidence: id }, fill(gettext("Confirmed: %(title)s"), { title }));
  }

  async #openStep() {
    const step = this.procedure?.steps[this.code];
    if (!step) {
      const text = gettext("This step is not known on this device.");
      render(html`<h1>${this.known.title}</h1><p class="card">${text}</p>`, this.box);
      return;
    }
    const partner = await this.app.store.value(PARTNER);
    const { colleagues = [], officers = [], departments = {}, bodies = {} } = this.app.bundle.kit ?? {};
    const { features = {}, lon, lat } = this.known;
    const here = () => this.app.position.here;
    const start = lon === null ? here() : { lon, lat };
    const known = {
      colleagues,
      officers,
      departments,
      bodies,
      features,
      files: () => this.#files(),
      start,
      here,
    };
    this.form = new StepForm(step, known, this.item?.body, partner);
    this.form.changed = () => this.#renderStep();
    this.evidence.addEventListener("change", this.form.changed);
    this.#renderStep();
    this.form.open();
  }

  /** [number or key, title] of the case's evidence and of what goes with the step. */
  #files() {
    const kept = (this.known.evidence ?? []).map(({ id, title }) => [String(id), title]);
    return [...kept, ...this.evidence.pieces.map(({ key, title, name }) => [key, title || name])];
  }

  #renderStep() {
    const { known } = this;
    const { step } = this.form;
    const about = [localized(step.basis), step.documents.map(localized).join("、")].filter(Boolean);
    render(
      html`<h1>${localized(step.title)}</h1>
        <p class="crumbs"><a href="#case/${this.ref}">${known.number} ${known.title}</a></p>
        <p class="note">${about.join(" · ")}</p>
        ${this.form.template()} ${this.evidence.node} ${problem(this.problem)}
        ${button(gettext("Keep and send"), () => this.#sendStep(), "wide")}`,
      this.box,
    );
  }

  async #sendStep() {
    const { form } = this;
    const missing = form.missing();
    const text = fill(gettext("Still missing: %(what)s"), { what: missing.join("、") });
    this.problem = missing.length ? text : "";
    this.#renderStep();
    if (missing.length) return;
    if (form.partner) await this.app.store.setValue(PARTNER, form.partner);
    const body = { step: this.code, position: this.app.position.value, ...form.body() };
    if (!this.item) {
      await this.#send("step", body, localized(form.step.title));
      return;
    }
    await this.app.queue.resume(this.item, { body });
    this.app.go("device");
  }

  async #send(kind, body, title) {
    const { known } = this;
    await this.app.queue.add(
      {
        key: crypto.randomUUID(),
        kind,
        case: known.id,
        case_key: known.key,
        revision: kind === "step" ? known.revision : undefined,
        seen: localized(expectedState(known, this.waiting, this.procedure).title),
        title: `${title} · ${known.number || known.title}`,
        body,
      },
      this.evidence.pieces,
    );
    this.app.go("device");
  }
}

function exhibits(known, confirm) {
  const pieces = known.evidence ?? known.photos.map((photo) => ({ ...photo, small: photo.url, url: "" }));
  if (!pieces.length) return nothing;
  return html`<h2>${gettext("Evidence")}</h2>
    <ul class="thumbs" id="evidence">
      ${pieces.map((piece, index) => exhibit(piece, index + 1, confirm))}
    </ul>`;
}

/** The file itself is asked of the portal when it is opened, and never kept on the phone. */
function exhibit(piece, number, confirm) {
  const title = piece.title || fill(gettext("Photo %(number)s"), { number });
  const picture = piece.small
    ? html`<img src=${piece.small} alt=${title} />`
    : fileSign(piece.name, piece.media_type, title);
  const lines = piece.url ? [title, localized(piece.kind), bytes(piece.size)] : [];
  return html`<li>
    ${piece.url ? html`<a href=${piece.url} target="_blank" rel="noopener">${picture}</a>` : picture}
    ${lines.map((line) => html`<small>${line}</small>`)}
    ${(piece.findings ?? []).map((finding) => html`<small class="finding">${localized(finding)}</small>`)}
    ${piece.to_confirm ? button(gettext("Confirm as the second officer"), () => confirm(piece), "plain") : nothing}
  </li>`;
}

function history(known) {
  if (!known.events.length) return nothing;
  return html`<h2>${gettext("What happened")}</h2>
    <ol class="timeline">
      ${known.events.toReversed().map(eventItem)}
    </ol>`;
}

export function eventItem({ title, who, at, text }) {
  return html`<li>
    <b>${localized(title)}</b> ${who} <time datetime=${at}>${moment(at)}</time>
    ${text ? html`<p>${text}</p>` : nothing}
  </li>`;
}

/** What is owed, as the portal last counted it. */
function moneyBadge({ money }) {
  if (!money) return nothing;
  if (Number(money.owed)) return badge(interpolate(gettext("¥%s owed"), [money.owed]), "bad");
  if (Number(money.overpaid))
    return badge(interpolate(gettext("¥%s paid too much"), [money.overpaid]), "bad");
  const isPaid = Number(money.decided) && Number(money.paid) >= Number(money.decided);
  return isPaid ? badge(gettext("fine paid"), "good") : nothing; // else it was revoked or given up
}
