"""A command of manage.py whose database is away ends with one sentence, not with a traceback."""

import sys

import psycopg2
from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, connection

from geoportal import environment
from geoportal.launch.processes.command import SENTENCE

AWAY = (OperationalError, InterfaceError, psycopg2.OperationalError)


def execute(words: list[str]) -> None:
    try:
        execute_from_command_line(words)
    except AWAY:
        absence = _absence()
        if not absence or "--traceback" in words:
            raise
        sys.exit(f"{SENTENCE}{absence}")


def _absence() -> str:
    """ "" where the database answers: what failed was something else."""
    connection.close()
    try:
        connection.ensure_connection()
    except AWAY as problem:
        return _sentence(str(problem).strip().splitlines()[0].rstrip("."))
    return ""


def _sentence(reason: str) -> str:
    data = settings.DATA
    if environment.text("DATABASE_URL"):
        return f"The database of DATABASE_URL does not answer: {reason}."
    if (data / "database-url").exists():
        return (
            f"No database answers for the data folder {data}: {reason}. Start it with ./start --data {data}"
        )
    return f"The data folder {data} has no database. Make one with ./start --data {data}, or name another folder by GEOPORTAL_DATA."
