"""What a condition can name: the properties of one layer as its viewer has them. Others do not exist."""

from dataclasses import dataclass

from django.db import connection, models

from layers.registry.access.layer_query import ROW, LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Attribute, Kind, Layer
from layers.registry.registration import UnknownLayer, get_layer, layers_for
from layers.registry.text import Text

from .errors import InvalidQuery, unknown
from .fragments import Fragment, Type

GEOMETRY_NAMES = ("geometry", "geom")
KEY = "id"
TYPES = {
    Kind.INTEGER: Type.NUMBER,
    Kind.NUMBER: Type.NUMBER,
    Kind.BOOLEAN: Type.BOOLEAN,
    Kind.DATE: Type.DATE,
    Kind.TIME: Type.TIME,
}


def queryables(reading: LayerQuery) -> tuple[Attribute, ...]:
    """What may be asked for: not personal data, whose readings are recorded row by row."""
    return tuple(attribute for attribute in reading.attributes if not attribute.personal)


def type_of(layer: Layer, attribute: Attribute) -> Type:
    kind = layer.kind(attribute)
    if kind == Kind.CODE and isinstance(layer.model_field(attribute), models.IntegerField):
        return Type.NUMBER
    return TYPES.get(kind, Type.TEXT)


@dataclass(frozen=True)
class Scope:
    """``alias`` names the layer's row in SQL, ``outer`` is what a condition on a related layer stands in."""

    reading: LayerQuery
    alias: str = ROW
    outer: "Scope | None" = None

    @property
    def layer(self) -> Layer:
        return self.reading.layer

    @property
    def viewer(self) -> Viewer:
        return self.reading.viewer

    @property
    def depth(self) -> int:
        return self.outer.depth + 1 if self.outer else 0

    @property
    def around(self) -> "Scope":
        """What a related layer is related to."""
        if self.outer is None:
            raise ValueError("The layer that is asked for is related to none.")
        return self.outer

    def within(self, name: str) -> "Scope":
        """A related layer's, of those that the viewer may know of."""
        try:
            layer = get_layer(name, self.viewer)
        except UnknownLayer:
            sentence = Text("没有名为“%(name)s”的图层。", "There is no layer named “%(name)s”.")
            raise unknown(sentence, name, (each.name for each in layers_for(self.viewer))) from None
        return Scope(LayerQuery(layer, self.viewer), f"related_{self.depth + 1}", self)

    def column(self, name: str) -> str:
        return f"{self.alias}.{connection.ops.quote_name(name)}"

    def property(self, given: str) -> Fragment:
        name = given.lower()
        if name in GEOMETRY_NAMES and self.layer.has_geometry:
            return self.geometry()
        if name == KEY:
            return Fragment(Type.NUMBER, self.column(KEY))
        return self._value(self.attribute(given))

    def attribute(self, given: str) -> Attribute:
        known = {attribute.name: attribute for attribute in queryables(self.reading)}
        if given.lower() in known:
            return known[given.lower()]
        sentence = Text("没有名为“%(name)s”的字段。", "There is no property named “%(name)s”.")
        named = {str(self.layer.label(attribute)).lower(): name for name, attribute in known.items()}
        names = [named[given.lower()]] if given.lower() in named else [*known]
        raise unknown(sentence, given, names)

    def geometry(self) -> Fragment:
        if not self.layer.has_geometry:
            raise InvalidQuery(
                Text("图层“%(layer)s”没有位置。", "The layer “%(layer)s” has no places.")
                % {"layer": self.layer.title}
            )
        return Fragment(Type.GEOMETRY, f"{self.alias}.geom")

    def _value(self, attribute: Attribute) -> Fragment:
        found, column = type_of(self.layer, attribute), self.column(attribute.name)
        field = self.layer.model_field(attribute)
        plain = found != Type.TEXT or isinstance(field, models.CharField | models.TextField)
        return Fragment(found, column if plain else f"{column}::text")
