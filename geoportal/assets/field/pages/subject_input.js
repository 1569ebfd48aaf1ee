// What a case that is logged is about: features of the layers that its procedure names, of those around the place.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { fill, gettext, localized } from "../texts.js";
import { button, field, select } from "./controls.js";

/** `rules` are those of the procedure, `around` is [address, title] by layer, null while nobody has told; `set` is given what of `entered` changes. */
export function subjects(rules, around, entered, set) {
  return html`<h2>${gettext("What it is about")}</h2>
    ${rules.map((rule) => subjectsOf(rule, around, entered.subjects, (chosen) => set({ subjects: chosen })))}`;
}

function subjectsOf(rule, around, chosen, set) {
  const own = chosen.filter(({ layer }) => layer === rule.layer);
  const named = new Set(own.map(({ feature }) => feature));
  const offered = (around?.[rule.layer] ?? []).filter(([feature]) => !named.has(feature));
  const add = (feature) => {
    const title = offered.find(([address]) => address === feature)?.[1];
    if (title !== undefined) set([...chosen, { layer: rule.layer, feature, title }]);
  };
  const remove = (subject) => set(chosen.filter((each) => each !== subject));
  const id = `subject-${rule.layer}`;
  const title = localized(rule.title);
  const adding = select(id, [["", gettext("Choose")], ...offered], "", add);
  return html`<div class="subjects">
    ${own.map(
      (subject) =>
        html`<p class="note">${subject.title} ${button(fill(gettext("Remove: %(title)s"), { title: subject.title }), () => remove(subject), "plain")}</p>`,
    )}
    ${own.length < rule.most && offered.length ? field(title, id, adding) : nothing}
    ${around ? nothing : html`<p class="note">${fill(gettext("%(title)s: what is around is told when there is a network."), { title })}</p>`}
    ${around && !offered.length && !own.length ? html`<p class="note">${fill(gettext("%(title)s: there is none around."), { title })}</p>` : nothing}
  </div>`;
}

/** What is sent: nothing of layers that the procedure does not name. */
export function knownSubjects(rules, entered) {
  return entered.subjects.filter(({ layer }) => rules.some((rule) => rule.layer === layer));
}

/** Why it cannot be sent, "" if it can; without a network the portal asks when it is sent. */
export function missingSubject(rules, around, entered) {
  const missing = rules.find(
    ({ layer, required }) =>
      required && around?.[layer]?.length && !entered.subjects.some((each) => each.layer === layer),
  );
  return missing
    ? fill(gettext("Choose what it is about: %(title)s."), { title: localized(missing.title) })
    : "";
}
