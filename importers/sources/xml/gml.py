"""GML through GDAL, which says nothing of a file that breaks off and reads what there is."""

from pathlib import Path
from xml.parsers import expat

from django.utils.translation import gettext as _

from importers.errors import ImporterError
from importers.sources import vector
from importers.sources.source import Source


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    with path.open("rb") as file:
        try:
            expat.ParserCreate().ParseFile(file)
        except expat.ExpatError as problem:
            if problem.code != expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]:
                raise ImporterError(
                    _("{path} cannot be read beyond line {line:,}: {reason}.").format(
                        path=path.name, line=problem.lineno, reason=expat.ErrorString(problem.code)
                    )
                ) from None
        except (ValueError, LookupError):
            pass  # an encoding of several bytes a letter, which only GDAL may know
    return vector.read(path, file_layer, encoding)
