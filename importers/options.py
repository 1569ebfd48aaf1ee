"""What is chosen for an import, each option once: for the command line, the page, the record and the run."""

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from layers.jobs.progress import Progress, no_progress
from layers.sentences.sentence import gettext as _

from .errors import ImporterError


def _option(
    flag: str, help: str, *, label: str = "", default: Any = None, recorded: bool = True, **words: Any
) -> Any:
    """A field with its flag and the words of ArgumentParser; what is recorded is chosen on the page too, under its
    label."""
    said = {"flag": flag, "help": help, "label": label, "recorded": recorded, "words": words}
    return field(default=default, metadata=said)


def _pairs(flag: str, help: str, metavar: str, label: str) -> Any:
    said = {
        "flag": flag,
        "help": help,
        "label": label,
        "recorded": True,
        "words": {"action": "append", "metavar": metavar},
    }
    return field(default_factory=dict, metadata=said)


@dataclass(frozen=True)
class ImportOptions:
    """``headings`` and ``values`` are by field; ``adding`` names foreign keys whose unknown parents are made.

    ``processes`` of 0 are as many as is useful; ``dask`` is a scheduler's address or ``local``.
    """

    source_crs: str | None = _option(
        "--source-crs", "EPSG:4550, gcj02, bd09 …; wins over what the file says", label="Reference system"
    )
    file_layer: str | None = _option(
        "--file-layer", "which layer or sheet of a file that holds several", label="Part of the file"
    )
    encoding: str | None = _option(
        "--encoding", "of text, such as gb18030; found out by default", label="Encoding"
    )
    date_order: str = _option(
        "--date-order",
        "whether the day or the month comes first in dates such as 03/04/2020",
        label="Dates such as 03/04/2020",
        default="",
        choices=("", "day", "month"),
        metavar="day|month",
    )
    headings: Mapping[str, str] = _pairs("--map", "column of a field", "FIELD=HEADING", "Column of the file")
    values: Mapping[str, str] = _pairs(
        "--set", "value for every row", "FIELD=VALUE", "or one value for all rows"
    )
    adding: frozenset[str] = _option(
        "--add-missing",
        "add what a foreign key names and nobody knows yet, such as department; else such rows are listed",
        label="add what is not known yet",
        default=frozenset(),
        action="append",
        metavar="FIELD",
    )
    source: str = _option(
        "--source",
        "where the data come from, shown on the map and telling deliveries apart; file name by default",
        default="",
    )
    sender: str = _option(
        "--sender", "code of the department that delivers; its next file is mapped as this one", default=""
    )
    accept_valid: bool = _option(
        "--accept-valid",
        "load the good rows and keep the others to be put right; by default all load or none",
        label="Load the good rows and hold back the others",
        default=False,
    )
    anywhere: bool = _option(
        "--anywhere",
        "take rows outside the district too",
        label="Take rows outside the district too",
        default=False,
    )
    remove_absent: bool = _option(
        "--remove-absent",
        "take away rows of the source that the file no longer has",
        label="Take away rows of this source that the file no longer has",
        default=False,
    )
    dry_run: bool = _option("--dry-run", "do everything, then take it back", default=False, recorded=False)
    processes: int = _option(
        "--processes",
        "that check and copy; as many as useful by default",
        default=0,
        recorded=False,
        type=int,
        metavar="N",
    )
    dask: str = _option(
        "--dask",
        "check and copy on a scheduler's workers, or on some begun here: local",
        default="",
        recorded=False,
        metavar="ADDRESS",
    )
    is_system_remembered: bool = False
    """Whether the reference system was said of the sender's last file, and of this one by nobody."""
    who: Any = None
    progress: Progress = no_progress

    def as_json(self) -> dict[str, Any]:
        """What the record keeps."""
        return {option.name: _plain(getattr(self, option.name)) for option in _recorded()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], **more: Any) -> "ImportOptions":
        """What :meth:`as_json` gave, or part of it; ``more`` wins."""
        chosen = {option.name: kept[option.name] for option in _recorded() if kept.get(option.name)}
        if "adding" in chosen:
            chosen["adding"] = frozenset(chosen["adding"])
        return cls(**chosen | more)

    @classmethod
    def from_record(cls, imported: Any, **more: Any) -> "ImportOptions":
        """What was chosen for an :class:`~importers.models.Import`; ``more`` wins."""
        return cls.from_json(imported.options, who=imported.who, **more)

    @classmethod
    def from_form(cls, form: Mapping[str, Any], columns: Iterable[str]) -> "ImportOptions":
        """Of a page: ``map-``, ``set-`` and ``add-`` before the name of each column of the layer, else the option."""
        columns = list(columns)
        given = {
            option.name: bool(form.get(option.name)) if option.type is bool else _text(form, option.name)
            for option in _recorded()
        }
        values = {name: value for name in columns if (value := _text(form, f"set-{name}"))}
        headings = {name: found for name in columns if (found := _text(form, f"map-{name}"))}
        return cls.from_json(
            given
            | {
                "values": values,
                "headings": {name: found for name, found in headings.items() if name not in values},
                "adding": [name for name in columns if form.get(f"add-{name}")],
            }
        )

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any], **more: Any) -> "ImportOptions":
        """Of a command line; those that it does not have keep their defaults."""
        chosen = {name: arguments[name] for option in _options() if (name := option.name) in arguments}
        for option in _options():
            if option.name in chosen and option.default_factory is dict:
                chosen[option.name] = _read_pairs(option.metadata["flag"], chosen[option.name])
        if "adding" in chosen:
            chosen["adding"] = frozenset(chosen["adding"])
        return cls(**chosen | more)


def label_of(name: str) -> str:
    """What an option is called on the page, in quotation marks, for sentences of what is to be chosen."""
    option = next(option for option in _options() if option.name == name)
    return _("“{label}”").format(label=_(option.metadata["label"]))


def areas_label() -> str:
    """Where a publisher says that closed lines are areas."""
    return _("“areas” under “Its rows are”")


def with_flags(text: str) -> str:
    """A sentence for the command line: each label with the flag that chooses there."""
    flags = {label_of(each.name): each.metadata["flag"] for each in _options() if each.metadata["label"]}
    for label, flag in {**flags, areas_label(): "--geometry polygon"}.items():
        text = text.replace(label, f"{label} ({flag})")
    return text


def add_arguments(parser: ArgumentParser, *names: str) -> None:
    """Flags of the named options, all of them where none is named."""
    for option in _options():
        if names and option.name not in names:
            continue
        words = dict(option.metadata["words"])
        if option.type is bool:
            words["action"] = "store_true"
        elif words.get("action") == "append":
            words["default"] = []
        else:
            words["default"] = option.default
        parser.add_argument(option.metadata["flag"], dest=option.name, help=option.metadata["help"], **words)


def _options() -> list["Field[Any]"]:
    return [option for option in fields(ImportOptions) if option.metadata]


def _recorded() -> list["Field[Any]"]:
    return [option for option in _options() if option.metadata["recorded"]]


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value


def _text(form: Mapping[str, Any], name: str) -> str:
    return str(form.get(name) or "").strip()


def _read_pairs(flag: str, texts: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise ImporterError(_("{flag} {text}: write FIELD=…").format(flag=flag, text=text))
        found[name] = value
    return found
