"""What every declaration and every model relation must keep to."""

import re

import pytest
from django.apps import apps
from django.db.models import Model

from layers.registry.registration import all_layers
from layers.registry.text import Text

pytestmark = pytest.mark.django_db
ORDER = {"registry": 0, "jobs": 1, "agencies": 2, "base": 3, "query": 4, "casework": 5}
ROOM = 6
OURS = ("layers.", "tiles.", "importers.", "geoportal.")


def test_every_layer_and_attribute_is_named_in_both_languages() -> None:
    for layer in all_layers():
        texts = [layer.title, *(layer.label(a) for a in layer.attributes)]
        texts += [text for a in layer.attributes for text in layer.choices(a).values()]
        for text in texts:
            assert isinstance(text, Text), (layer.name, text)
            assert text.zh, (layer.name, text)
            assert text.en, (layer.name, text)
            assert not re.search(r"[\u4e00-\u9fff]", text.en), (layer.name, text)


def test_relations_between_models_follow_the_direction_of_imports() -> None:
    for model in apps.get_models():
        if not model.__module__.startswith("layers."):
            continue
        own = model._meta.app_label
        for field in model._meta.get_fields():
            related = getattr(field, "related_model", None)
            if field.auto_created or not isinstance(related, type) or not issubclass(related, Model):
                continue
            if not related.__module__.startswith(OURS):
                continue
            other = related._meta.app_label
            assert other == own or ORDER.get(other, ROOM) < ORDER.get(own, ROOM), (
                f"{model.__name__}.{field.name}"
            )
