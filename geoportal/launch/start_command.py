"""./start: from whatever there is to a running portal."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from geoportal.launch import data_folder, options
from geoportal.launch.database import selection
from geoportal.launch.errors import Refusal
from geoportal.launch.options import ROOT, Options
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.command import run
from geoportal.launch.processes.supervisor import Supervisor, python_service
from geoportal.launch.progress import Steps, say
from geoportal.launch.setup import installation
from geoportal.launch.setup.virtualenv import PYTHON

STEPS = installation.STEPS + 5
WORKERS = 2
SECONDS_TO_ANSWER = 60
DEATHS_BEFORE_AN_ANSWER = 3


def start(words: list[str]) -> None:
    chosen = options.parse(words)
    options.check_free(chosen.bind, chosen.port)
    url = selection.given_url()
    data_folder.prepare(chosen.data)
    busy = f"The portal of data folder {chosen.data} is running already (process {{pid}}); stop it first."
    with data_folder.lock(chosen.data / "lock", busy), Supervisor() as supervisor:
        steps = Steps(STEPS)
        installation.prepare(chosen.data, steps, own_database=url is None, tests=False)
        with steps.step("Database"):
            if url:
                found = selection.use_given(url, chosen.data)
            else:
                found = selection.use_private(chosen.data, steps, supervisor)
        hosts = child_environment.allowed_hosts(chosen.bind)
        env = child_environment.for_django(chosen.data, found.owner, hosts)
        _fill(chosen, steps, env)
        with steps.step("Web server and workers"):
            _serve(chosen, supervisor, env, env | {"DATABASE_URL": found.web})
        _welcome(chosen)
        supervisor.watch()


def _fill(chosen: Options, steps: Steps, env: Mapping[str, str]) -> None:
    log = data_folder.log_file(chosen.data, "setup")
    with steps.step("Database tables"):
        if chosen.backup:
            _manage("Restoring the backup", _restoration(chosen), steps, env, log)
        _manage("Updating the database tables", ["migrate", "--no-input"], steps, env, log)
        _manage("Publishing the layers", ["publish_layers"], steps, env, log)
    with steps.step("Demo district"):
        if chosen.demo:
            _manage("Loading the demo district", ["load_demo"], steps, env, log)
        else:
            steps.outcome("left out")
    with steps.step("First map tiles"):
        warmed = chosen.data / "first-tiles-seeded"
        if warmed.exists() or not chosen.demo:
            steps.outcome("ready" if chosen.demo else "left out")
        else:
            _manage("Drawing the first map tiles", ["seed_tiles", "--first"], steps, env, log)
            warmed.touch()


def _restoration(chosen: Options) -> list[str]:
    """It refuses a database with tables and a folder with files, so nothing is overwritten by asking twice."""
    identity = ["--identity", str(chosen.identity.absolute())] if chosen.identity else []
    return ["restore", str(chosen.backup and chosen.backup.absolute()), *identity]


def _manage(what: str, words: list[str], steps: Steps, env: Mapping[str, str], log: Path) -> None:
    run([PYTHON, ROOT / "manage.py", *words], what, steps=steps, env=env, cwd=ROOT, log=log)


def _serve(
    chosen: Options, supervisor: Supervisor, env: Mapping[str, str], web_env: Mapping[str, str]
) -> None:
    """``web_env`` is for what acts as the people who ask do: it owns nothing in the database."""
    web, worker = data_folder.log_file(chosen.data, "web"), data_folder.log_file(chosen.data, "tile-worker")
    supervisor.add("The web server", python_service(web_command(chosen.bind, chosen.port), web_env, web), web)
    tiles = [PYTHON, str(ROOT / "manage.py"), "tile_worker"]
    supervisor.add("The tile worker", python_service(tiles, env, worker), worker)
    jobs = data_folder.log_file(chosen.data, "job-worker")
    job_worker = [PYTHON, str(ROOT / "manage.py"), "job_worker"]
    supervisor.add("The job worker", python_service(job_worker, env, jobs), jobs)
    watching = data_folder.log_file(chosen.data, "case-watch")
    cases = [PYTHON, str(ROOT / "manage.py"), "watch_cases", "--every", "60"]
    supervisor.add("The watch of cases", python_service(cases, web_env, watching), watching)
    anchoring = data_folder.log_file(chosen.data, "log-anchors")
    anchors = [PYTHON, str(ROOT / "manage.py"), "anchor_log", "--every", "600"]
    supervisor.add("The anchoring of the log", python_service(anchors, env, anchoring), anchoring)
    backups = data_folder.log_file(chosen.data, "backups")
    daily = [PYTHON, str(ROOT / "manage.py"), "backup", "--daily", "--every", "3600"]
    supervisor.add("The daily backup", python_service(daily, env, backups), backups)
    _await_answer(chosen, supervisor)


def web_command(bind: str, port: int) -> list[str]:
    listen = ["--host", bind, "--port", str(port)]
    return [
        PYTHON,
        "-m",
        "geoportal.launch.web_server",
        "--interface",
        "asgi",
        *listen,
        "--workers",
        str(WORKERS),
        *TUNING,
        APPLICATION,
    ]


APPLICATION = "geoportal.asgi:application"
WORKER_MEGABYTES = 1000
"""A web worker that holds more is exchanged: when another is ready, it answers what it began and ends."""
TUNING = (
    *("--log-config", "geoportal/launch/web_log.json"),
    "--no-ws",
    "--respawn-failed-workers",
    *("--workers-kill-timeout", "5"),
    *("--workers-max-rss", str(WORKER_MEGABYTES)),
    *("--rss-sample-interval", "10"),
)


def _await_answer(chosen: Options, supervisor: Supervisor) -> None:
    url = child_environment.addresses(chosen.bind, chosen.port)[0] + "healthz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < until:
        supervisor.check()
        supervisor.refuse_deaths(DEATHS_BEFORE_AN_ANSWER)
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Refusal(f"The web server does not answer at {url}; its log is {chosen.data / 'logs' / 'web.log'}.")


def _welcome(chosen: Options) -> None:
    first, *others = child_environment.addresses(chosen.bind, chosen.port)
    say(f"\nThe portal is running at {first}")
    for address in others:
        say(f"                also at {address}")
    for line in _sign_ins(chosen.data / "demo-sign-ins.json") if chosen.demo else []:
        say(line)
    say("Ctrl-C stops it.")


def _sign_ins(path: Path) -> list[str]:
    if not path.exists():
        return []
    entries = json.loads(path.read_text())
    wide = max((len(entry["name"]) for entry in entries), default=0)
    return ["Demo sign-ins (name, password, role):"] + [
        f"  {entry['name']:{wide}}  {entry['password']}  {entry['role']}" for entry in entries
    ]
