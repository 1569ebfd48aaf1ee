// One case in the field: what it is, what may be done now, photos and notes, and what happened.

import { color, dot } from "../basemap/markers.js";
import { element } from "../html/element.js";
import { dueBadge } from "./case_list_page.js";
import { caseOf } from "./delivery.js";
import { offlineMap } from "./offline_map.js";
import { badge, button, field, fileSign, Photos } from "./parts.js";
import { ahead, readySteps, StepForm } from "./steps.js";
import { bytes, fill, gettext, moment, pick } from "./words.js";

export class CasePage {
  constructor(app, ref, code = "", item = null) {
    Object.assign(this, { app, ref, code, item });
  }

  get title() {
    const step = this.code && this.app.procedures[this.known?.version]?.steps[this.code];
    return step ? pick(step.title) : (this.known?.title ?? gettext("Case"));
  }

  async load() {
    this.known = await this.app.store.case(this.ref);
    if (navigator.onLine && this.known?.id !== null && /^\d+$/.test(this.ref)) {
      const told = await this.app.server.get(`cases/${this.ref}/`).catch(() => null);
      if (told) {
        await this.app.store.saveCase(told.case);
        await this.app.addProcedures(told.procedures);
        this.known = await this.app.store.case(this.ref);
      }
    }
  }

  async open(box) {
    const { known } = this;
    if (!known) {
      box.append(
        element("p", { class: "card" }, gettext("This case is not on this device; open it with a network.")),
      );
      return;
    }
    this.procedure = this.app.procedures[known.version];
    const mine = known.key ?? String(known.id);
    this.waiting = (await this.app.store.items()).filter(
      (each) => caseOf(each) === mine && each !== this.item,
    );
    if (this.code) await this.#stepPage(box);
    else await this.#overview(box);
  }

  close() {
    this.map?.remove();
  }

  async #overview(box) {
    const { known } = this;
    const now = ahead(known, this.waiting, this.procedure);
    const told = await this.app.store.kept("lists");
    const stand = element("p", {}, badge(pick(now.title), "note"), " ", dueBadge(known, told) ?? "");
    if (this.waiting.length) stand.append(" ", badge(gettext("part of it still on this device"), "fair"));
    box.append(
      element(
        "p",
        { class: "note" },
        [known.number, pick(known.category_title), known.address].filter(Boolean).join(" · "),
      ),
      stand,
      element("h2", {}, gettext("What can be done now")),
      this.#steps(),
      await this.#more(),
    );
    const evidence = known.evidence ?? known.photos.map((photo) => ({ ...photo, small: photo.url, url: "" }));
    if (evidence.length)
      box.append(
        element("h2", {}, gettext("Evidence")),
        element(
          "ul",
          { class: "thumbs", id: "evidence" },
          evidence.map((piece, n) => exhibit(piece, n + 1)),
        ),
      );
    if (known.lon !== null) {
      const frame = element("div", { class: "list-map" });
      box.append(element("h2", {}, gettext("Where")), frame);
      this.map = offlineMap(frame, gettext("Where the case is"));
      this.map.setView([known.lat, known.lon], 17, { animate: false });
      dot(known, color("case-mark"), { radius: 9 }).addTo(this.map);
    }
    if (known.events.length)
      box.append(
        element("h2", {}, gettext("What happened")),
        element(
          "ol",
          { class: "timeline" },
          known.events.toReversed().map((event) => happened(event)),
        ),
      );
  }

  #steps() {
    const ready = readySteps(this.known, this.waiting, this.procedure, this.app.kit?.officer.posts ?? []);
    const mine = ready.filter((each) => !each.against.length);
    const others = ready.filter((each) => each.against.length);
    const list = element("div", { class: "step-list" });
    for (const { code, step } of mine)
      list.append(element("a", { class: "button", href: `#step/${this.ref}/${code}` }, pick(step.title)));
    if (!mine.length) list.append(element("p", { class: "note" }, gettext("No step of yours now.")));
    for (const { step, against } of others)
      list.append(element("p", { class: "note" }, `${pick(step.title)}: ${against.map(pick).join(" ")}`));
    return list;
  }

  async #more() {
    const owner = `draft-${this.known.key ?? this.known.id}`;
    const photos = new Photos(this.app, { owner, position: () => this.app.position.value });
    await photos.load();
    const text = element("textarea", { rows: "2", maxlength: "4000" });
    const said = element("p", { class: "problem", role: "alert", hidden: true });
    const send = async () => {
      said.hidden = Boolean(photos.all.length || text.value.trim());
      said.textContent = gettext("Take a photo, choose a file or write a note first.");
      if (!said.hidden) return;
      await this.#queue(text.value.trim() ? "note" : "evidence", { note: text.value.trim() }, photos.all);
    };
    return element(
      "details",
      { class: "card", open: photos.all.length > 0 },
      element("summary", {}, gettext("Add evidence or a note")),
      photos.node,
      field(gettext("Note"), text),
      said,
      button(gettext("Keep and send"), send),
    );
  }

  async #stepPage(box) {
    const step = this.procedure?.steps[this.code];
    if (!step) {
      box.append(element("p", { class: "card" }, gettext("This step is not known on this device.")));
      return;
    }
    const form = new StepForm(
      step,
      this.app.kit?.colleagues ?? [],
      this.item?.body,
      await this.app.store.kept("second"),
    );
    const owner = this.item?.key ?? `draft-${this.known.key ?? this.known.id}-${this.code}`;
    const photos = new Photos(this.app, { owner, position: () => this.app.position.value });
    const said = element("p", { class: "problem", role: "alert", hidden: true });
    const papers = step.documents.map(pick).join("、");
    box.append(
      element(
        "p",
        { class: "crumbs" },
        element("a", { href: `#case/${this.ref}` }, `${this.known.number} ${this.known.title}`),
      ),
      element("p", { class: "note" }, [pick(step.basis), papers].filter(Boolean).join(" · ")),
      form.node,
      photos.node,
      said,
      button(
        gettext("Keep and send"),
        async () => {
          const missing = form.missing();
          said.hidden = !missing.length;
          said.textContent = fill(gettext("Still missing: %(what)s"), { what: missing.join("、") });
          if (missing.length) return;
          if (form.partner) await this.app.store.keep("second", form.partner.value);
          const body = { step: this.code, position: this.app.position.value, ...form.body() };
          if (this.item) await this.app.queue.resume(this.item, { body });
          else await this.#queue("step", body, photos.all, pick(step.title));
          this.app.go("device");
        },
        "wide",
      ),
    );
    photos.load();
  }

  async #queue(kind, body, photos, title = "") {
    const { known } = this;
    const what = title || (kind === "note" ? gettext("Note") : gettext("Evidence"));
    await this.app.queue.add(
      {
        key: crypto.randomUUID(),
        kind,
        case: known.id,
        case_key: known.key,
        revision: kind === "step" ? known.revision : undefined,
        seen: pick(ahead(known, this.waiting, this.procedure).title),
        title: `${what} · ${known.number || known.title}`,
        body: kind === "evidence" ? {} : body,
      },
      photos,
    );
    this.app.go("device");
  }
}

/** The file itself is asked of the portal when it is opened, and never kept on the phone. */
function exhibit(piece, number) {
  const title = piece.title || fill(gettext("Photo %(number)s"), { number });
  const shown = piece.small
    ? element("img", { src: piece.small, alt: title })
    : fileSign(piece.name, piece.media_type, title);
  const about = piece.url ? [title, pick(piece.kind), bytes(piece.size)] : [];
  return element(
    "li",
    {},
    piece.url ? element("a", { href: piece.url, target: "_blank", rel: "noopener" }, shown) : shown,
    about.map((line) => element("small", {}, line)),
  );
}

export function happened(event) {
  return element(
    "li",
    {},
    element("b", {}, pick(event.title)),
    ` ${event.who} `,
    element("time", { datetime: event.at }, moment(event.at)),
    event.text ? element("p", {}, event.text) : "",
  );
}
