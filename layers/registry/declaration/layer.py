"""The declaration of a layer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import get_script_prefix

from ..audience import Audience
from ..text import Text
from .group import Group
from .list_page import ListPage
from .mapping import ImportMapping
from .symbology import Symbology


class Geometry(StrEnum):
    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
    NONE = "none"


class Kind(StrEnum):
    """Type of an attribute, as the API and the workbench name it."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "datetime"
    CODE = "code"


@dataclass(frozen=True)
class Attribute:
    """A column of the layer: a model field, or a path over foreign keys (``premises__name``) or to the one row of
    another model that belongs to this one (``penaltydecision__fine``).

    ``outside`` is the path of what stands for it where the row is not the viewer's own department's.
    One that ``narrows`` the place is empty there where the row is shown at its public cell.
    ``titles`` gives the words for its codes where they are kept as data and not as the field's choices.
    Whoever reads a ``personal`` one is recorded. A name that reads like personal data asks for a yes or a no.
    ``name`` with ``_en`` behind it is the attribute that has the same in English; ``zero`` says what nought means.
    """

    name: str
    source: str = ""
    label: Text | None = None
    audience: Audience = Audience.PUBLIC
    in_tiles: bool = False
    search: bool = False
    unit: str | Text = ""
    zero: Text | None = None
    personal: bool | None = None
    titles: Callable[[], Mapping[str, Text]] | None = None
    outside: str = ""
    narrows: bool = False

    @property
    def path(self) -> str:
        return self.source or self.name


@dataclass(frozen=True)
class Place:
    """What the place card says of this layer at a position.

    ``role`` "contains": the features that cover the position; "near": the nearest within ``radius`` metres.
    """

    role: str = "near"
    radius: float = 500.0
    limit: int = 5
    order: int = 50


@dataclass(frozen=True)
class Related:
    """Features of another layer that belong to a feature; ``path`` leads from the model to theirs."""

    layer: str
    path: str


@dataclass(frozen=True)
class Blocks:
    """How areas of one kind that lie near each other are drawn as one at tile zooms up to ``max_zoom``.

    ``by`` names the attribute that tells the kind, ``mean`` one whose mean over the area the block carries,
    ``gap`` the metres of EPSG:3857 that are bridged. Only for layers that look the same to everybody.
    """

    by: str
    mean: str = ""
    gap: float = 12.0
    max_zoom: int = 13


LAYER_NAME = r"^[a-z][a-z0-9-]{1,39}\Z"
"""Names of layers stand in addresses, paths of caches and names of views."""
ATTRIBUTE_NAME = r"^[a-z][a-z0-9_]{0,62}\Z"
"""Names of attributes are names of columns."""


@dataclass(frozen=True)
class Layer:
    """One layer: everything that any door shows of it follows from this declaration.

    ``title_attribute`` names a feature; ``place_path`` is the foreign-key path to the model that holds the
    geometry; ``rows`` restricts the model's rows to the layer's; ``row_audience`` and ``department`` are paths
    to a row's :class:`Audience` and department code, ``joint`` to an array of the codes of departments that share
    the row; ``min_zoom``/``max_zoom`` are those of 256-pixel tiles at
    which it is drawn; ``rank`` is the path of an integer, lowest first, by which low zooms are thinned.
    Of features that a search finds equally well, those of the layer with the lowest ``search_rank`` come first.
    ``time`` names the attribute by which rows are asked for by time;
    ``heights`` is a model of tiles of heights on which the 3D map stands, each with its ``feature``, a row of the
    layer; who sees the row sees them.
    """

    name: str
    model: type[models.Model]
    title: Text
    geometry: Geometry
    group: Group
    attributes: tuple[Attribute, ...]
    title_attribute: str
    symbology: Symbology | None = None
    summary: Text | None = None
    audience: Audience = Audience.PUBLIC
    rows: models.Q = field(default_factory=models.Q)
    row_audience: str = ""
    department: str = ""
    joint: str = ""
    place_path: str = ""
    place: Place | None = None
    card: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    min_zoom: int = 10
    max_zoom: int = 18
    rank: str = ""
    shown: bool = False
    base_map: bool = False
    imports: ImportMapping | None = None
    blocks: Blocks | None = None
    list_page: ListPage | None = None
    search_rank: int = 1000
    time: str = ""
    heights: type[models.Model] | None = None

    @property
    def has_geometry(self) -> bool:
        return self.geometry != Geometry.NONE

    @property
    def searchable(self) -> bool:
        return any(attribute.search for attribute in self.attributes)

    @property
    def has_outside_words(self) -> bool:
        """Whether those outside find its rows by other words: the model keeps them as ``search_text_outside``."""
        return any(attribute.search and attribute.outside for attribute in self.attributes)

    @cached_property
    def impersonal(self) -> tuple[str, ...]:
        """Names of the attributes that lists may show without a reading of personal data."""
        return tuple(attribute.name for attribute in self.attributes if not attribute.personal)

    @cached_property
    def personal(self) -> tuple[str, ...]:
        """Names of the attributes whose readings are recorded."""
        return tuple(attribute.name for attribute in self.attributes if attribute.personal)

    @cached_property
    def place_model(self) -> type[models.Model]:
        """The model that holds the geometry."""
        model = self.model
        for step in filter(None, self.place_path.split("__")):
            model = related_model(model, step)
        return model

    @cached_property
    def protected(self) -> bool:
        """True when the model keeps a generalised public geometry beside the exact one."""
        return self.has_geometry and _has_field(self.place_model, "public_geom")

    def feature_url(self, pk: int) -> str | None:
        """The address of a feature's own page, if the layer has such pages."""
        return f"{get_script_prefix()}{self.list_page.path}{pk}/" if self.list_page else None

    def attribute(self, name: str) -> Attribute:
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise KeyError(f"layer {self.name} has no attribute {name}")

    def model_field(self, attribute: Attribute) -> "models.Field[object, object]":
        """The model field behind an attribute, at the end of its path."""
        *steps, last = attribute.path.split("__")
        model = self.model
        for step in steps:
            model = related_model(model, step)
        found = model._meta.get_field(last)
        assert isinstance(found, models.Field)
        return found

    def label(self, attribute: Attribute) -> object:
        """The declared label, else that of the model's own field or foreign key.

        An attribute of a row that belongs to this one only is called as it is there.
        """
        first = self.model._meta.get_field(attribute.path.split("__")[0])
        return attribute.label or getattr(first, "verbose_name", self.model_field(attribute).verbose_name)

    def kind(self, attribute: Attribute) -> Kind:
        return Kind.CODE if attribute.titles else field_kind(self.model_field(attribute))

    def choices(self, attribute: Attribute) -> dict[object, object]:
        """Stored value to label, empty for attributes without a code list."""
        if attribute.titles:
            return dict(attribute.titles().items())
        return dict(self.model_field(attribute).flatchoices or ())

    def models(self) -> Iterator[type[models.Model]]:
        """Every model with a table whose rows can change what this layer shows, its own first."""
        seen = [table_model(self.model)]
        places = [f"{self.place_path}__geom"] if self.place_path else []
        outside = [a.outside for a in self.attributes if a.outside]
        paths = (
            [a.path for a in self.attributes]
            + outside
            + [self.department, self.row_audience, self.rank, *places]
        )
        for path in paths:
            model = self.model
            for step in path.split("__")[:-1]:
                model = related_model(model, step)
                if table_model(model) not in seen:
                    seen.append(table_model(model))
        yield from seen


def table_model(model: type[models.Model]) -> type[models.Model]:
    """The model that has the table, for a proxy of it."""
    found = model._meta.concrete_model
    assert found is not None
    return found


def related_model(model: type[models.Model], step: str) -> type[models.Model]:
    related = model._meta.get_field(step).related_model
    if not isinstance(related, type):
        raise FieldDoesNotExist(f"{model.__name__}.{step} is no foreign key")
    return related


def field_kind(found: "models.Field[object, object]") -> Kind:
    if found.choices:
        return Kind.CODE
    kinds: tuple[tuple[tuple[type, ...], Kind], ...] = (
        ((models.BooleanField,), Kind.BOOLEAN),
        ((models.IntegerField, models.AutoField), Kind.INTEGER),
        ((models.FloatField, models.DecimalField), Kind.NUMBER),
        ((models.DateTimeField,), Kind.TIME),
        ((models.DateField,), Kind.DATE),
    )
    return next((kind for types, kind in kinds if isinstance(found, types)), Kind.TEXT)


def _has_field(model: type[models.Model], name: str) -> bool:
    return any(found.name == name for found in model._meta.fields)
