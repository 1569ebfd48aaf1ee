// Where a case stands in its procedure and which steps it is ready for, as far as the phone can know.

/** The case as it will be when what waits on this device has been sent. */
export function expectedState(known, items, procedure) {
  let { state } = known;
  const taken = new Set(known.taken);
  const steps = items.filter((each) => each.kind === "step");
  for (const { body } of steps) {
    taken.add(body.step);
    state = procedure?.steps[body.step]?.to ?? state;
  }
  const title = procedure?.states[state]?.title ?? known.state_title;
  return { state, taken, title, isAhead: steps.length > 0 };
}

/** {code, step, against}: by the portal's word where the case is as the portal knows it, else by the procedure. */
export function readySteps(known, items, procedure, posts) {
  if (!procedure) return [];
  const expected = expectedState(known, items, procedure);
  if (!expected.isAhead && !known.local)
    return known.steps
      .filter(({ code }) => procedure.steps[code])
      .map((ready) => ({ ...ready, step: procedure.steps[ready.code] }));
  return Object.entries(procedure.steps)
    .filter(([code, step]) => isOpen(code, step, expected) && step.by.some((role) => posts.includes(role)))
    .map(([code, step]) => ({ code, step, against: [] }));
}

function isOpen(code, step, { state, taken }) {
  const isInTurn = step.from.includes(state) && step.after.every((before) => taken.has(before));
  return isInTurn && (step.to !== null || !taken.has(code));
}
