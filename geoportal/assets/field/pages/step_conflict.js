// A step that somebody else's act came before: what the officer entered beside the case as it is now.

import { html } from "../../vendor/lit-html/lit-html.js";
import { moment } from "../format.js";
import { fill, gettext, localized } from "../texts.js";
import { eventItem } from "./case_page.js";

export function comparison(item, step) {
  const { case: now, since } = item.answer;
  const [mine, meanwhile] = [gettext("Yours"), gettext("Meanwhile")];
  const seen = fill(gettext("%(when)s, when the case was “%(state)s”"), {
    when: moment(item.device_time),
    state: item.seen ?? "",
  });
  const state = fill(gettext("the case is “%(state)s” now"), { state: localized(now.state_title) });
  return html`<div class="comparison">
    <section aria-label=${mine}>
      <h2>${mine}</h2>
      <p class="note">${seen}</p>
      <p><b>${step ? localized(step.title) : item.title}</b></p>
      <dl class="facts">
        ${entries(item, step).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
      </dl>
    </section>
    <section aria-label=${meanwhile}>
      <h2>${meanwhile}</h2>
      <p class="note">${state}</p>
      <ol class="timeline">
        ${since.map(eventItem)}
      </ol>
    </section>
  </div>`;
}

/** [name, value] of what was entered. */
function entries({ body }, step) {
  const found = Object.entries(body.fields ?? {}).map(([name, value]) => {
    const asked = step?.fields.find((each) => each.name === name);
    return [asked ? localized(asked.title) : name, valueText(value, asked)];
  });
  if (body.reason) found.push([gettext("Reason"), body.reason]);
  if (body.note) found.push([gettext("Note"), body.note]);
  return found;
}

function valueText(value, asked) {
  if (typeof value === "boolean") return value ? gettext("yes") : gettext("no");
  return asked?.choices[value] ? localized(asked.choices[value]) : String(value);
}

/** All of it in one line, as a note. */
export function summary({ body }, step) {
  const values = Object.values(body.fields ?? {}).filter((value) => typeof value !== "boolean");
  return [step ? localized(step.title) : "", ...values, body.reason, body.note].filter(Boolean).join(" · ");
}
