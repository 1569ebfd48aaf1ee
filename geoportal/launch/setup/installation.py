"""The set-up that ./start and ./test share: packages, .venv, browser libraries, static files, fonts, translations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geoportal.launch import data_folder
from geoportal.launch.errors import Refusal
from geoportal.launch.options import ROOT
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.command import run
from geoportal.launch.progress import Steps
from geoportal.launch.setup import browser_libraries, debian_packages, fonts, static_files, virtualenv
from geoportal.launch.setup.virtualenv import PYTHON

STEPS = 6
LOCALE = ROOT / "geoportal" / "locale"


def prepare(data: Path, steps: Steps, own_database: bool, tests: bool) -> None:
    log = data_folder.log_file(data, "setup")
    _debian(steps, log, own_database, tests)
    with _alone():
        with steps.step("Python packages"):
            virtualenv.prepare(virtualenv.DEV if tests else virtualenv.RUN, steps, log)
        with steps.step("Browser libraries"):
            browser_libraries.prepare(steps, child_environment.plain(), log, dev=tests)
        with steps.step("Static files"):
            static_files.prepare(steps, log)
        with steps.step("Translations"):
            _translations(steps, log)
    with steps.step("Chinese font"):
        _font(data / "fonts", steps, log)


def _debian(steps: Steps, log: Path, own_database: bool, tests: bool) -> None:
    with steps.step("Debian packages"):
        lacking = debian_packages.missing(debian_packages.needed(own_database, tests))
        if not lacking:
            steps.outcome("ready")
            return
        debian_packages.install(lacking, steps, log)
        steps.outcome(f"installed {', '.join(lacking)}")


@contextmanager
def _alone() -> Iterator[None]:
    """Two launchers of one copy of the project must not fill .venv at the same time."""
    try:
        (ROOT / "var").mkdir(exist_ok=True)
    except OSError as problem:
        raise Refusal(
            f"{ROOT} is not writable for you ({problem.strerror}); use a copy of the project of your own."
        ) from None
    with data_folder.wait_for_lock(ROOT / "var" / "setup.lock", "Waiting for another set-up of this copy …"):
        yield


def _translations(steps: Steps, log: Path) -> None:
    texts = list(LOCALE.glob("*/LC_MESSAGES/*.po"))
    if all(_fresh(text) for text in texts):
        steps.outcome("ready")
        return
    for text in texts:
        draft = text.with_suffix(".mo.new")
        run(["msgfmt", "--check-format", "-o", draft, text], f"Compiling {text.relative_to(ROOT)}", log=log)
        draft.replace(text.with_suffix(".mo"))


def _fresh(text: Path) -> bool:
    compiled = text.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= text.stat().st_mtime


def _font(target: Path, steps: Steps, log: Path) -> None:
    if not fonts.absent(target):
        steps.outcome("ready")
        return
    env = child_environment.plain() | {"PYTHONPATH": str(ROOT)}
    run(
        [PYTHON, "-m", "geoportal.launch.setup.fonts", target],
        "Extracting the Chinese font",
        env=env,
        log=log,
    )
