// Which steps of its procedure a case is ready for, as far as the phone can tell, and the form of one.

import { element } from "../html/element.js";
import { choice, field } from "./parts.js";
import { gettext, pick } from "./words.js";

/** The case as it will be when what waits on this device has been sent. */
export function ahead(known, items, procedure) {
  let { state } = known;
  const taken = new Set(known.taken);
  for (const item of items.filter((each) => each.kind === "step")) {
    taken.add(item.body.step);
    state = procedure?.steps[item.body.step]?.to ?? state;
  }
  const title = procedure?.states[state]?.title ?? known.state_title;
  return { state, taken, title, isAhead: items.some((each) => each.kind === "step") };
}

/** {code, step, against}: by the portal's word where the case is as the portal knows it, else by the procedure. */
export function readySteps(known, items, procedure, posts) {
  if (!procedure) return [];
  const now = ahead(known, items, procedure);
  if (!now.isAhead && !known.local)
    return known.steps
      .filter(({ code }) => procedure.steps[code])
      .map((told) => ({ ...told, step: procedure.steps[told.code] }));
  return Object.entries(procedure.steps)
    .filter(([, step]) => step.from.includes(now.state) && step.after.every((code) => now.taken.has(code)))
    .filter(([code, step]) => step.to !== null || !now.taken.has(code))
    .filter(([, step]) => step.by.some((role) => posts.includes(role)))
    .map(([code, step]) => ({ code, step, against: [] }));
}

export class StepForm {
  /** `usual` is the second officer of the last step. */
  constructor(step, colleagues, body = {}, usual = "") {
    this.step = step;
    this.inputs = new Map();
    this.node = element("div", { class: "step-form" });
    if (step.officers > 1) {
      const people = [["", gettext("Choose")], ...colleagues.map(({ id, name }) => [String(id), name])];
      this.partner = choice(people, "");
      this.partner.value = body.partner ?? usual;
      if (this.partner.selectedIndex < 0) this.partner.value = "";
      this.node.append(field(gettext("Second officer"), this.partner));
    }
    for (const asked of step.fields) this.#add(asked, body.fields?.[asked.name]);
    if (step.reason) {
      this.reason = element("textarea", { rows: "3" });
      this.reason.value = body.reason ?? "";
      this.node.append(field(gettext("Reason"), this.reason));
    }
    this.note = element("textarea", { rows: "2" });
    this.note.value = body.note ?? "";
    this.node.append(field(gettext("Note"), this.note));
  }

  #add(asked, value) {
    const title = asked.required ? pick(asked.title) : `${pick(asked.title)} ${gettext("(if it applies)")}`;
    let input;
    if (asked.kind === "flag") {
      input = element("input", { type: "checkbox", id: `flag-${asked.name}` });
      input.checked = value === true;
      this.node.append(element("label", { class: "tick" }, input, pick(asked.title)));
    } else {
      if (asked.kind === "choice") {
        const known = Object.entries(asked.choices).map(([code, text]) => [code, pick(text)]);
        input = choice([["", gettext("Choose")], ...known], value);
      } else if (asked.kind === "text") input = element("textarea", { rows: "2" });
      else input = element("input", asked.kind === "date" ? { type: "date" } : { inputmode: "decimal" });
      if (asked.kind !== "choice") input.value = value ?? "";
      this.node.append(field(title, input));
    }
    this.inputs.set(asked, input);
  }

  /** Sentences about what is missing, as far as the form can tell. */
  missing() {
    const found = [];
    if (this.partner && !this.partner.value) found.push(gettext("Second officer"));
    const given = this.body().fields;
    for (const asked of this.inputs.keys()) {
      const rule = asked.required_when;
      if (!asked.required && !rule?.in.includes(given[rule.field])) continue;
      if (given[asked.name] === undefined || given[asked.name] === false) found.push(pick(asked.title));
    }
    if (this.reason && !this.reason.value.trim()) found.push(gettext("Reason"));
    return found;
  }

  body() {
    const fields = {};
    for (const [asked, input] of this.inputs) {
      if (asked.kind === "flag") fields[asked.name] = input.checked;
      else if (input.value.trim()) fields[asked.name] = input.value.trim();
    }
    return {
      fields,
      reason: this.reason?.value.trim() ?? "",
      note: this.note.value.trim(),
      partner: this.partner?.value ? Number(this.partner.value) : null,
    };
  }
}
