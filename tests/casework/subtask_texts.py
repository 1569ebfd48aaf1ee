"""Two procedures of which one opens sub-tasks of the other."""

from tests.casework.small_procedure import SMALL

WORK = (
    SMALL.replace("code: small", "code: work")
    .replace("title: {zh: 小, en: Small}", "title: {zh: 修补, en: Repair}")
    .replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
    .replace("title: {zh: 人员, en: Officer}", "title: {zh: 人员, en: Officer}, capabilities: [supervise]")
    .replace(
        "  pause:\n",
        "  refuse:\n    title: {zh: 不修, en: Refuse}\n    from: [lead]\n    to: given_up\n    by: [officer]\n"
        "    basis: law 2\n    outcome: too_dear\n"
        "  again:\n    title: {zh: 返工, en: Again}\n    from: [closed]\n    to: lead\n    by: [officer]\n"
        "    basis: law 2\n    reopens: true\n  pause:\n",
    )
    .replace(
        "\nsteps:", "\n  given_up: {title: {zh: 不修, en: Given up}, phase: dismissed, final: true}\nsteps:"
    )
    .replace("ends: [close]", "ends: [close, refuse]")
    .replace("    basis: law 2\n", "    basis: law 2\n    fields: {fine: optional}\n", 1)
)
OPENS = "    opens: {procedure: work, department: PL, fields: [fine], party: true}\n"
OWN = (
    SMALL.replace("code: small", "code: own")
    .replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
    .replace("title: {zh: 人员, en: Officer}", "title: {zh: 人员, en: Officer}, capabilities: [supervise]")
    .replace(
        "  pause:\n",
        "  order:\n    title: {zh: 交办修补, en: Order the repair}\n    from: [lead]\n    by: [officer]\n"
        "    basis: law 2\n    fields: {fine: optional}\n" + OPENS + "  pause:\n",
    )
    .replace("    basis: law 2\n", "    basis: law 2\n    awaits: [order]\n", 1)
)
WHEN = "    awaits: [order]\n    when: {%s}\n    otherwise: {zh: 未修, en: Not repaired}\n"
