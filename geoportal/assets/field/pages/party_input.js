// Who takes part in a case that is logged: the principal party, and rows of others in the roles of the procedure.

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { fill, gettext, localized } from "../texts.js";
import { button, field, select } from "./controls.js";

const PRINCIPAL = { kind: "party_kind", name: "party_name", identity: "party_id", phone: "party_phone" };
const TEXTS = ["name", "identity", "phone"];
const MOST = 20;

/** `roles` begin with the principal's; `set` is given what of `entered` changes. */
export function parties(roles, entered, set) {
  const [principal, ...others] = roles;
  const rows = entered.parties.map((row, number) => {
    const role = others.find(({ code }) => code === row.role);
    const put = (changes) => set({ parties: replaced(entered.parties, number, { ...row, ...changes }) });
    const remove = () => set({ parties: entered.parties.filter((_, other) => other !== number) });
    return role ? party(role, `party-${number}`, row, put, remove) : nothing;
  });
  const add = ({ code, kinds }) =>
    set({ parties: [...entered.parties, { role: code, kind: kinds[0], name: "", identity: "", phone: "" }] });
  const adding =
    entered.parties.length < MOST
      ? others.map((role) =>
          button(fill(gettext("Add: %(role)s"), { role: localized(role.title) }), () => add(role), "plain"),
        )
      : nothing;
  return html`<h2>${gettext("Who takes part")}</h2>
    ${party(principal, "party", principalOf(entered), (changes) => set(columns(changes)))} ${rows}
    ${others.length ? html`<div class="buttons">${adding}</div>` : nothing}`;
}

function party(role, id, row, set, remove = null) {
  const title = localized(role.title);
  const kinds = [
    ["person", gettext("A natural person")],
    ["organisation", gettext("An organisation")],
  ].filter(([kind]) => role.kinds.includes(kind));
  const options = remove || role.required ? kinds : [...kinds, ["none", gettext("Not known yet")]];
  const kind = select(`${id}-kind`, options, row.kind, (code) => set({ kind: code }));
  return html`<fieldset class="card party" id=${id}>
    <legend>${title}</legend>
    ${options.length > 1 ? field(gettext("Person or organisation"), `${id}-kind`, kind) : nothing}
    ${row.kind === "none" ? nothing : TEXTS.map((name) => entry(id, name, row, set))}
    ${remove ? button(gettext("Remove"), remove, "plain") : nothing}
  </fieldset>`;
}

function entry(id, name, row, set) {
  const labels = {
    name: gettext("Name"),
    identity:
      row.kind === "organisation" ? gettext("Unified social credit code") : gettext("Identity number"),
    phone: gettext("Telephone"),
  };
  const control = html`<input
    id="${id}-${name}"
    maxlength=${name === "name" ? 120 : 60}
    inputmode=${name === "phone" ? "tel" : "text"}
    autocomplete="off"
    .value=${live(row[name] ?? "")}
    @input=${({ target }) => set({ [name]: target.value })}
  />`;
  return field(labels[name], `${id}-${name}`, control);
}

/** What is sent: nothing of a principal who is not known, no rows of roles that the procedure has not. */
export function knownParties(roles, entered) {
  const known = roles.length > 0 && entered.party_kind !== "none";
  const principal = known ? principalOf(entered) : { kind: "none", name: "", identity: "", phone: "" };
  const rows = entered.parties.filter(({ role }) => roles.some(({ code }) => code === role));
  return { ...columns(trimmed(principal)), parties: rows.map(trimmed) };
}

/** As it was entered, whatever kind of case is chosen just now. */
export function draftParties(entered) {
  return { ...columns(principalOf(entered)), parties: entered.parties };
}

/** Why it cannot be sent, "" if it can. */
export function missingParty(roles, entered) {
  const rows = [
    ...entered.parties,
    { ...principalOf(entered), role: roles.find((each) => each.principal)?.code },
  ];
  for (const role of roles) {
    const own = rows.filter((row) => row.role === role.code && row.kind !== "none");
    const isUnnamed = !role.principal && own.some(({ name }) => !name.trim());
    if (isUnnamed || (role.required && !own.some(({ name }) => name.trim())))
      return fill(gettext("Enter the name: %(role)s."), { role: localized(role.title) });
  }
  return "";
}

function replaced(rows, number, row) {
  return rows.map((each, other) => (other === number ? row : each));
}

function principalOf(entered) {
  return Object.fromEntries(Object.entries(PRINCIPAL).map(([name, column]) => [name, entered[column]]));
}

function columns(changes) {
  return Object.fromEntries(Object.entries(changes).map(([name, value]) => [PRINCIPAL[name], value]));
}

function trimmed(row) {
  return Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text.trim()]));
}
