// A checklist in a step's form: each row passed, failed or not applicable, with a note; `value` is {row: {result, note}}.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { fill, gettext, localized } from "../texts.js";

/** `set` is given the row's code and what changes in it. */
export function checklist(asked, value, set) {
  const title = localized(asked.title);
  return html`<fieldset class="checklist" id="field-${asked.name}">
    <legend>${asked.required ? title : `${title} ${gettext("(if it applies)")}`}</legend>
    ${asked.rows.map((row) => checklistRow(asked, row, value?.[row.code], (part) => set(row.code, part)))}
    <p class="note" role="status">${total(asked, value)}</p>
  </fieldset>`;
}

function checklistRow(asked, row, entry, set) {
  const results = [
    ["pass", gettext("passed")],
    ["fail", gettext("failed")],
    ["na", gettext("not applicable")],
  ];
  const title = localized(row.title);
  return html`<fieldset class="checklist-row">
    <legend>${row.key ? `${title} (${gettext("key item")})` : title}</legend>
    ${results.map(
      ([code, text]) =>
        html`<label class="tick">
          <input
            type="radio"
            name="${asked.name}.${row.code}"
            value=${code}
            .checked=${entry?.result === code}
            @change=${() => set({ result: code })}
          />${text}
        </label>`,
    )}
    <input
      maxlength="500"
      placeholder=${gettext("Note")}
      aria-label="${gettext("Note")}: ${title}"
      .value=${entry?.note ?? ""}
      @input=${({ target }) => set({ note: target.value })}
    />
  </fieldset>`;
}

function total(asked, value) {
  const { points, possible, failed } = sums(asked, value);
  const said = possible ? fill(gettext("Points: %(points)s of %(possible)s"), { points, possible }) : nothing;
  return failed ? html`${said} ${fill(gettext("Failed: %(count)s"), { count: failed })}` : said;
}

/** What the rows come to, as the portal counts it. */
export function sums(asked, value) {
  const judged = (...results) => asked.rows.filter(({ code }) => results.includes(value?.[code]?.result));
  const points = (rows) => rows.reduce((sum, row) => sum + row.points, 0);
  const failed = judged("fail");
  return {
    points: points(judged("pass")),
    possible: points(judged("pass", "fail")),
    failed: failed.length,
    failed_key: failed.filter(({ key }) => key).length,
    failed_rows: failed.map(({ code }) => code),
  };
}

export function isTouched(value) {
  return Object.values(value ?? {}).some(({ result, note }) => result || note?.trim());
}

/** Titles of rows that are left, once one was looked at. */
export function unjudged(asked, value) {
  if (!isTouched(value)) return [];
  return asked.rows.filter(({ code }) => !value[code]?.result).map(({ title }) => localized(title));
}
