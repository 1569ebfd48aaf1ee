"""Settings that come from the environment: one table, typed readers, a bad value is refused.

Every name starts with ``GEOPORTAL_`` except ``DATABASE_URL``; a secret may be given as ``<NAME>_FILE``.
"""

import os
import re
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.IGNORECASE)
PREFIX = re.compile(r"(/[A-Za-z0-9_-]+)+")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    help: str


SETTINGS = (
    Setting(
        "DATABASE_URL",
        "",
        "PostGIS to use, postgresql://user:password@host:port/name; the private one if empty",
    ),
    Setting(
        "GEOPORTAL_WEB_PASSWORD",
        "",
        "Password of the database's role NAME_web, which owns nothing and answers pages; publish_layers makes the role",
    ),
    Setting("GEOPORTAL_DATA", "var", "Data folder: caches, fonts, keys, the private database"),
    Setting("GEOPORTAL_SECRET_KEY", "", "Signing key; made and kept in the data folder if empty"),
    Setting("GEOPORTAL_DEBUG", "0", "1 shows error details; never in production"),
    Setting("GEOPORTAL_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "Host names served, separated by commas"),
    Setting("GEOPORTAL_PREFIX", "", "Path below which the portal is reached on its host, such as /geo"),
    Setting(
        "GEOPORTAL_ADDRESS",
        "",
        "Where people reach the portal, such as https://map.town.example, for links in letters; by the request if empty",
    ),
    Setting("GEOPORTAL_TRUSTED_ORIGINS", "", "Origins whose forms are accepted behind a proxy, with scheme"),
    Setting(
        "GEOPORTAL_TRUSTED_PROXIES", "", "Networks whose X-Forwarded-For is believed, such as 10.0.0.0/8"
    ),
    Setting(
        "GEOPORTAL_HTTPS",
        "0",
        "1 behind TLS: secure cookies, redirects to https, and the X-Forwarded-Proto header",
    ),
    Setting("GEOPORTAL_IDLE_HOURS", "8", "Hours without use after which somebody is signed out"),
    Setting("GEOPORTAL_PHONE_IDLE_DAYS", "30", "The same in days for officers' phones"),
    Setting(
        "GEOPORTAL_SECOND_FACTOR",
        "",
        "Who must have one: nobody, administrators, departments; by GEOPORTAL_HTTPS if empty",
    ),
    Setting("GEOPORTAL_DISTRICT", "330206", "Division code of the district"),
    Setting(
        "GEOPORTAL_LICENCE", "", "Licence under which public layers are given away, a name or an address"
    ),
    Setting(
        "GEOPORTAL_EMBED_SITES",
        "",
        "Sites whose pages may show the map in a frame, such as https://town.example",
    ),
    Setting("GEOPORTAL_TILE_CACHE_GB", "20", "Vector and raster tiles kept in the data folder, together"),
    Setting(
        "GEOPORTAL_RASTER_CACHE", "", "redis://host:port/number for raster tiles shared by several machines"
    ),
    Setting("GEOPORTAL_IMPORT_MAX_GB", "2", "Largest file that is taken on the import page"),
    Setting("GEOPORTAL_IMPORTS_AT_ONCE", "2", "Imports begun from the page that may run at a time"),
    Setting(
        "GEOPORTAL_BACKUPS_KEPT", "7", "Days of which ./start keeps a backup in the data folder; 0 for none"
    ),
    Setting("GEOPORTAL_BACKUP_RECIPIENT", "", "age recipient for whom backups are encrypted; plain if empty"),
    Setting(
        "GEOPORTAL_MAIL_SERVER",
        "",
        "smtp://user:password@host:port for notices by e-mail, smtps:// with STARTTLS; into the log if empty",
    ),
    Setting(
        "GEOPORTAL_LOG_KEY_PATH",
        "",
        "File of the key that signs heads of the log of cases, which anchor_log alone reads; in the data folder if empty",
    ),
    Setting("GEOPORTAL_LOG_ANCHOR_MAIL", "", "Addresses to which the head of the log goes each day"),
    Setting("GEOPORTAL_MAIL_FROM", "geoportal@localhost", "Sender of the portal's e-mail"),
)


def text(name: str) -> str:
    """The value of a setting of the table, from NAME, NAME_FILE or its default."""
    setting = next(s for s in SETTINGS if s.name == name)
    value = os.environ.get(name)
    secret = os.environ.get(f"{name}_FILE")
    if value is not None and secret is not None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if secret is not None:
        try:
            return Path(secret).read_text().strip()
        except OSError as problem:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {problem}") from problem
    return setting.default if value is None else value


def boolean(name: str) -> bool:
    value = text(name)
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be 0 or 1.")
    return value == "1"


def gigabytes(name: str) -> int:
    """In bytes."""
    try:
        value = float(text(name))
    except ValueError:
        value = -1.0
    if not 0.01 <= value <= 1e6:
        raise ImproperlyConfigured(f"{name} is {text(name)!r}; it must be a number of gigabytes from 0.01.")
    return int(value * 1e9)


def count(name: str, least: int = 1) -> int:
    value = text(name)
    if not (value.isascii() and value.isdigit() and least <= int(value) < 1000):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number from {least}.")
    return int(value)


def choice(name: str, among: tuple[str, ...]) -> str:
    """One of them, or nothing."""
    value = text(name)
    if value and value not in among:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(among)}, or empty.")
    return value


def prefix(name: str) -> str:
    """With a slash before and none behind, or empty."""
    value = text(name).rstrip("/")
    if value and not PREFIX.fullmatch(value):
        raise ImproperlyConfigured(f"{name} is {text(name)!r}; it must be like /geo, or empty.")
    return value


def redis(name: str) -> str:
    value = text(name)
    if value and urlsplit(value).scheme != "redis":
        raise ImproperlyConfigured(f"{name} is {value!r}; it must start with redis:// or be empty.")
    return value


def mail_server(name: str) -> tuple[str, str, int, str, str, bool]:
    """Django's backend, host, port, user, password and whether TLS is begun; the console's where none is named."""
    value = text(name)
    if not value:
        return "django.core.mail.backends.console.EmailBackend", "localhost", 25, "", "", False
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be smtp://host:port, smtps://host:port or empty.")
    return (
        "django.core.mail.backends.smtp.EmailBackend",
        parts.hostname,
        parts.port or (587 if parts.scheme == "smtps" else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "smtps",
    )


def origins(name: str) -> list[str]:
    """Scheme, host and port, nothing else: they go into a header."""
    for origin in names(name):
        if not ORIGIN.fullmatch(origin):
            raise ImproperlyConfigured(
                f"{name}: {origin!r} must be like https://town.example or http://host:8080."
            )
    return names(name)


def origin(name: str) -> str:
    """One of them, or nothing."""
    found = origins(name)
    if len(found) > 1:
        raise ImproperlyConfigured(f"{name} is {text(name)!r}; it must be one address, or empty.")
    return "".join(found)


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(part) for part in names(name)]
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name}: {problem}") from problem


def names(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def data_folder() -> Path:
    return (ROOT / text("GEOPORTAL_DATA")).resolve()


def secret_key(data: Path) -> str:
    """The configured key, else one made once and kept in the data folder, readable by its owner only."""
    given = text("GEOPORTAL_SECRET_KEY")
    if given:
        return given
    kept = data / "secret-key"
    if not kept.exists():
        data.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text().strip()


def database(data: Path) -> dict[str, Any]:
    """Django's settings for the PostGIS of DATABASE_URL, else of the private cluster in the data folder."""
    address = text("DATABASE_URL")
    kept = data / "database-url"
    if not address and kept.exists():
        address = kept.read_text().strip()
    if not address:
        address = "postgresql:///geoportal"
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres", "postgis"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL must start with postgresql://, not {parts.scheme or 'nothing'}://."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": parts.port or options.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10, "application_name": "geoportal", **options},
    }
