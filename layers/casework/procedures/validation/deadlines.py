"""Whether limits begin and end, and run where a case waits."""

from collections.abc import Iterator

from layers.casework.phases import Phase
from layers.casework.procedures.errors import Problem
from layers.casework.procedures.graph import active_deadlines, reachable_states
from layers.casework.procedures.model import OPENED, Deadline

from .timers import timer_problems
from .validator import Validator, Where


class DeadlineValidator(Validator):
    def problems(self) -> Iterator[Problem]:
        procedure = self.procedure
        for code, deadline in procedure.deadlines.items():
            yield from self._start(deadline)
            yield from self._follows(deadline)
            if not self._ends(code):
                yield self.problem(
                    ("deadlines", code, "ends"),
                    f"期限“{code}”不会结束。",
                    f"The deadline {code!r} never ends.",
                )
        running = active_deadlines(procedure)
        for code, deadline in procedure.deadlines.items():
            for key, found in timer_problems(procedure, deadline, running):
                yield self.problem(("deadlines", code, "then", key), found.zh, found.en)
        for code, state in procedure.states.items():
            waits = state.phase in (Phase.OPEN, Phase.DECIDED) and not state.final and not state.pending
            if waits and code in running and not running[code]:
                yield self.problem(
                    ("states", code),
                    f"状态“{code}”没有任何期限。",
                    f"No deadline runs in the state {code!r}.",
                )

    def _start(self, deadline: Deadline) -> Iterator[Problem]:
        """A limit that counts from a stated day is one of days, and each of its starts states it."""
        where: Where = ("deadlines", deadline.code, "counts_from")
        name = deadline.counts_from
        if not name:
            return
        own = [category.limits.get(deadline.code) for category in self.procedure.categories.values()]
        if not all(span.unit.counts_days for span in (deadline.span, *own) if span):
            yield self.problem(
                where,
                f"期限“{deadline.code}”以小时计，不能从某日起算。",
                f"The deadline {deadline.code!r} is one of hours and cannot count from a day.",
            )
        for start in deadline.starts:
            if start == OPENED:
                yield self.problem(where, f"立案时没有字段“{name}”。", f"The opening has no field {name!r}.")
            else:
                yield from self.stated_day(self.procedure.steps[start], name, where, required=True)

    def _follows(self, deadline: Deadline) -> Iterator[Problem]:
        """What is followed is declared before, and follows nothing itself, so that its end is known."""
        order = list(self.procedure.deadlines)
        for number, code in enumerate(deadline.follows):
            known = self.procedure.deadlines.get(code)
            if known and (known.follows or order.index(code) > order.index(deadline.code)):
                yield self.problem(
                    ("deadlines", deadline.code, "follows", number),
                    f"“{code}”须写在“{deadline.code}”之前，且自身不跟随其他期限。",
                    f"{code!r} must stand before {deadline.code!r} and follow nothing itself.",
                )

    def _ends(self, code: str) -> bool:
        """Whether some way leads from each start to an end."""
        procedure, deadline = self.procedure, self.procedure.deadlines[code]
        ends = {source for step in deadline.ends for source in procedure.steps[step].sources}
        return bool(deadline.starts) and all(
            reachable_states(procedure, self.after(start)) & ends for start in deadline.starts
        )
