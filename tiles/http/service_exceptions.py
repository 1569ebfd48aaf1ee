"""Errors of WMS and WMTS in the form that their standards give them."""

from xml.sax.saxutils import quoteattr

from django.http import HttpResponse

from layers.errors import PortalError
from tiles.raster.configuration import xml_text

OGC, OWS = "http://www.opengis.net/ogc", "http://www.opengis.net/ows/1.1"


def service_exception(error: PortalError, service: str, version: str) -> HttpResponse:
    """``service`` is WMS or WMTS."""
    sentence = xml_text(str(error))
    if service == "WMTS":
        inside = f'<Exception exceptionCode="InvalidParameterValue"><ExceptionText>{sentence}</ExceptionText></Exception>'
        text = f'<ExceptionReport xmlns="{OWS}" version="1.0.0">{inside}</ExceptionReport>'
        kind = "text/xml; charset=utf-8"
    else:
        is_old = version.startswith(("1.1", "1.0"))
        space = "" if is_old else f' xmlns="{OGC}"'
        version = quoteattr(version if is_old else "1.3.0")
        inside = f"<ServiceException>{sentence}</ServiceException>"
        text = f"<ServiceExceptionReport version={version}{space}>{inside}</ServiceExceptionReport>"
        kind = "application/vnd.ogc.se_xml" if is_old else "text/xml; charset=utf-8"
    response = HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', content_type=kind, status=error.status
    )
    for name, value in error.headers.items():
        response[name] = value
    return response
