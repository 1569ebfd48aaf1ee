// The form of one step: the second officer, the step's own fields, a reason, a note.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { gettext, localized } from "../texts.js";
import { AreaInput } from "./area_input.js";
import { checklist, isTouched, sums, unjudged } from "./checklist.js";
import { field, select } from "./controls.js";

/** [code, title] of what a field of the kind can name. */
const OFFERED = {
  person: ({ officers }) => officers.map(({ code, name }) => [code, name]),
  unit: ({ departments }) => Object.entries(departments).map(([code, text]) => [code, localized(text)]),
  body: ({ bodies }) => Object.entries(bodies).map(([code, text]) => [code, localized(text)]),
  file: ({ files }) => files(),
  feature: ({ features }, { layer }) => features[layer] ?? [],
};

function label(asked) {
  const title = localized(asked.title);
  const named = asked.kind === "money" ? `${title} · ${gettext("yuan")}` : title;
  return asked.required ? named : `${named} ${gettext("(if it applies)")}`;
}

export class StepForm {
  /** `known` are colleagues, officers, departments, features by layer, files() that the case has or will have, where maps start and here() the own position; `body` is what was entered before; `partner` the second officer of the last step; `changed` is called to draw anew. */
  constructor(step, known, body = {}, partner = "") {
    const { colleagues, start, here } = known;
    this.step = step;
    this.colleagues = colleagues;
    this.known = known;
    this.values = { ...body.fields };
    this.areas = new Map();
    for (const asked of step.fields.filter(({ kind }) => kind === "area")) {
      const change = (value) => this.#set(asked, value);
      const input = { value: this.values[asked.name], start, here, change };
      this.areas.set(asked.name, new AreaInput(`field-${asked.name}`, label(asked), input));
    }
    this.reason = body.reason ?? "";
    this.note = body.note ?? "";
    const usual = String(body.partner ?? partner);
    this.changed = () => {};
    this.partner = colleagues.some(({ id }) => String(id) === usual) ? usual : "";
  }

  template() {
    return html`<div class="step-form">
      ${this.step.officers > 1 ? this.#partnerField() : nothing}
      ${this.step.fields.map((asked) => this.#field(asked))}
      ${this.step.reason ? this.#textField(gettext("Reason"), "reason", 3) : nothing}
      ${this.#textField(gettext("Note"), "note", 2)}
    </div>`;
  }

  /** When the form is on the page. */
  open() {
    for (const input of this.areas.values()) input.open();
  }

  close() {
    for (const input of this.areas.values()) input.close();
  }

  #partnerField() {
    const people = this.colleagues.map(({ id, name }) => [String(id), name]);
    const choose = (value) => {
      this.partner = value;
    };
    const control = select("partner", [["", gettext("Choose")], ...people], this.partner, choose);
    return field(gettext("Second officer"), "partner", control);
  }

  #textField(label, name, rows) {
    const id = `step-${name}`;
    const change = ({ target }) => {
      this[name] = target.value;
    };
    return field(
      label,
      id,
      html`<textarea id=${id} rows=${rows} .value=${this[name]} @input=${change}></textarea>`,
    );
  }

  #field(asked) {
    const id = `field-${asked.name}`;
    const title = localized(asked.title);
    if (asked.kind === "flag")
      return html`<label class="tick">
        <input
          type="checkbox"
          id=${id}
          .checked=${this.values[asked.name] === true}
          @change=${({ target }) => this.#set(asked, target.checked)}
        />${title}
      </label>`;
    if (asked.kind === "choices") return this.#ticks(asked);
    if (asked.kind === "checklist")
      return checklist(asked, this.values[asked.name], (code, part) => this.#setRow(asked, code, part));
    if (asked.kind === "area") return this.areas.get(asked.name).node;
    return field(label(asked), id, this.#control(asked, id));
  }

  #ticks(asked) {
    const chosen = () => this.values[asked.name] ?? [];
    const tick = (code, on) =>
      this.#set(asked, on ? [...chosen(), code] : chosen().filter((each) => each !== code));
    return html`<fieldset class="ticks" id="field-${asked.name}">
      <legend>${label(asked)}</legend>
      ${Object.entries(asked.choices).map(
        ([code, text]) =>
          html`<label class="tick">
            <input
              type="checkbox"
              value=${code}
              .checked=${chosen().includes(code)}
              @change=${({ target }) => tick(code, target.checked)}
            />${localized(text)}
          </label>`,
      )}
    </fieldset>`;
  }

  #control(asked, id) {
    const value = this.values[asked.name] ?? "";
    if (asked.kind === "choice") {
      const options = Object.entries(asked.choices).map(([code, text]) => [code, localized(text)]);
      return this.#select(asked, id, options);
    }
    if (asked.kind in OFFERED) return this.#select(asked, id, OFFERED[asked.kind](this.known, asked));
    const input = ({ target }) => this.#set(asked, target.value);
    if (asked.kind === "text")
      return html`<textarea id=${id} rows="2" .value=${value} @input=${input}></textarea>`;
    if (asked.kind === "date") return html`<input id=${id} type="date" .value=${value} @input=${input} />`;
    return html`<input id=${id} inputmode="decimal" .value=${value} @input=${input} />`;
  }

  #select(asked, id, options) {
    const all = [["", gettext("Choose")], ...options];
    return select(id, all, this.values[asked.name], (code) => this.#set(asked, code));
  }

  #set({ name }, value) {
    this.values[name] = value;
  }

  #setRow({ name }, code, part) {
    const rows = this.values[name] ?? {};
    this.values[name] = { ...rows, [code]: { ...rows[code], ...part } };
    this.changed();
  }

  /** Sentences about what is missing, as far as the form can tell. */
  missing() {
    const found = [];
    if (this.step.officers > 1 && !this.partner) found.push(gettext("Second officer"));
    const { fields } = this.body();
    for (const asked of this.step.fields) {
      const rule = asked.required_when;
      if (asked.kind === "checklist") found.push(...unjudged(asked, fields[asked.name]));
      if (!asked.required && !(rule && this.#holds(rule, fields))) continue;
      if (fields[asked.name] === undefined || fields[asked.name] === false)
        found.push(localized(asked.title));
    }
    if (this.step.reason && !this.reason.trim()) found.push(gettext("Reason"));
    return found;
  }

  #holds(rule, fields) {
    const [name, part] = rule.field.split(".");
    const asked = this.step.fields.find((each) => each.name === name);
    const held = part && asked ? sums(asked, fields[name])[part] : fields[name];
    if (rule.in) return [held].flat().some((each) => rule.in.includes(String(each)));
    return held !== undefined && held !== "" && Number(held) > rule.over;
  }

  body() {
    const fields = {};
    for (const { name, kind } of this.step.fields) {
      const value = this.values[name];
      if (kind === "flag") fields[name] = value === true;
      else if (kind === "choices") {
        if (value?.length) fields[name] = value;
      } else if (kind === "checklist") {
        if (isTouched(value)) fields[name] = value;
      } else if (String(value ?? "").trim()) fields[name] = String(value).trim();
    }
    return {
      fields,
      reason: this.step.reason ? this.reason.trim() : "",
      note: this.note.trim(),
      partner: this.step.officers > 1 && this.partner ? Number(this.partner) : null,
    };
  }
}
