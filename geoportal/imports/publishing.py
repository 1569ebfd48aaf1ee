"""A file as a layer of its own: at every door like the others, without code; and taken back."""

import re
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from importers import positions
from importers.delivery import Delivery, Refused
from importers.describing import describe
from importers.read import files
from importers.report import Report
from importers.run import Options, district_box, import_file
from layers.datasets import known
from layers.datasets.declaring import layer_of
from layers.datasets.models import Dataset
from layers.registry.audience import Audience, Viewer
from layers.registry.layer import Layer
from layers.registry.publication import publish_layer, withdraw_layer
from layers.registry.registration import get_layer, is_registered
from layers.registry.searchtext import publish_search_of
from tiles.changes.declarations import record_new_declarations
from tiles.changes.triggers import publish_triggers_of

NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
COLORS = ("#7a4f9a", "#b0562b", "#2f7d6d", "#a23b5e", "#4a6fa5", "#7d7a2f", "#8a5a44", "#3f7f3f")
EVERYTHING = Viewer(Audience.RESTRICTED)


@dataclass(frozen=True)
class Wish:
    """What the publisher says; ``title_column`` and ``key`` are headings of the file."""

    name: str
    title: str = ""
    title_en: str = ""
    audience: Audience = Audience.PUBLIC
    color: str = ""
    title_column: str | None = None
    key: Iterable[str] = field(default_factory=tuple)


def publish(path: Path, wish: Wish, options: Options) -> Report:
    """Make a layer of a file, or load a newer file into the layer of that name; raises Refused."""
    known.refresh(now=True)
    if not Dataset.objects.filter(name=wish.name).exists():
        with files.opened(path, options.file_layer, options.encoding) as delivery:
            dataset = _declared(delivery, path, wish, options)
        try:
            report = import_file(path, get_layer(wish.name, EVERYTHING), options)
        except BaseException:
            withdraw(dataset.name, patience=0)
            raise
        if report.refused:
            withdraw(dataset.name, patience=0)
        return report
    return import_file(path, get_layer(wish.name, EVERYTHING), options)


def _declared(delivery: Delivery, path: Path, wish: Wish, options: Options) -> Dataset:
    if not NAME.fullmatch(wish.name):
        raise Refused(
            _("A layer's name has 2 to 40 small letters, digits and hyphens, and begins with a letter.")
        )
    if is_registered(wish.name):
        raise Refused(_("There is a layer named {name} already; import into it.").format(name=wish.name))
    found = None if delivery.placed else positions.find(delivery, options.source_crs, district_box())
    described = describe(delivery, found, wish.title_column, wish.key)
    with transaction.atomic():
        dataset = Dataset.objects.create(
            name=wish.name,
            title=wish.title or path.stem[:80],
            title_en=wish.title_en,
            geometry=described.geometry,
            fields=described.fields,
            title_field=described.title_field,
            key=described.key,
            audience=wish.audience,
            color=wish.color or COLORS[zlib.crc32(wish.name.encode()) % len(COLORS)],
            source=options.source,
        )
        _open_doors(layer_of(dataset))
    known.refresh(now=True)
    record_new_declarations()
    return dataset


def _open_doors(layer: Layer) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(layer.model)
    publish_search_of(layer)
    publish_layer(layer)
    publish_triggers_of(layer)


def withdraw(name: str, patience: float = known.EVERY + 1) -> None:
    """Take a dataset back with all its rows, once every process has had time to forget it (seconds)."""
    dataset = Dataset.objects.filter(name=name).first()
    if dataset is None:
        raise Refused(_("No dataset is named {name}.").format(name=name))
    layer = layer_of(dataset)
    dataset.delete()
    known.refresh(now=True)
    record_new_declarations()
    time.sleep(patience)
    withdraw_layer(layer)
    with connection.schema_editor() as editor:
        editor.delete_model(layer.model)
