"""GML through GDAL, which says nothing of a file that breaks off and reads what there is."""

from pathlib import Path
from xml.parsers import expat

from importers import encoding as text
from importers.errors import ImporterError
from importers.sources import vector
from importers.sources.source import Source
from layers.sentences.sentence import gettext as _

from .xml_copy import encoding_of, in_utf_8


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    chosen, note = (text.resolve(encoding), "") if encoding else encoding_of(path)
    if note or chosen != "utf-8":
        path = in_utf_8(path, chosen)
    with path.open("rb") as file:
        try:
            expat.ParserCreate().ParseFile(file)
        except expat.ExpatError as problem:
            raise ImporterError(
                _("{path} cannot be read beyond line {line:,}: {reason}.").format(
                    path=path.name, line=problem.lineno, reason=expat.ErrorString(problem.code)
                )
            ) from None
    source = vector.read(path, file_layer, None)
    source.notes[:0] = filter(None, [note])
    return source
