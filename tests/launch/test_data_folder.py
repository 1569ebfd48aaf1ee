import stat
import threading
from pathlib import Path

import pytest

from geoportal.launch import data_folder
from geoportal.launch.errors import Refusal
from tests.launch.lesser_user import refusal_met


def test_a_file_in_place_of_the_data_folder_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("keep me")
    for place in (file, file / "below"):
        with pytest.raises(Refusal, match="file; give --data the name of a folder"):
            data_folder.prepare(place)
    assert file.read_text() == "keep me"


def test_a_data_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    for place in (closed, closed / "new"):
        closed.chmod(0o555)
        sentence = refusal_met(lambda place=place: data_folder.prepare(place))  # type: ignore[misc]
        closed.chmod(0o755)
        assert "is not writable for you" in sentence
        assert "--data" in sentence
    assert list(closed.iterdir()) == []


def test_a_nearly_full_disk_is_refused_with_what_is_free_and_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"Only \d+ MB are free .* the portal needs 1000000000 MB"):
        data_folder.check_room(tmp_path, needed=1_000_000_000 * 1024**2)


def test_a_new_data_folder_lets_the_database_user_pass_and_keeps_secrets_closed(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    data_folder.prepare(data)
    data_folder.keep_private(data / "database-url", "postgresql://user:secret@host/name")
    assert stat.S_IMODE(data.stat().st_mode) == 0o755
    assert stat.S_IMODE((data / "database-url").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir() if path.suffix == ".new"] == []


def test_a_data_folder_serves_one_launcher_at_a_time(tmp_path: Path) -> None:
    with data_folder.lock(tmp_path / "lock", "held by {pid}") as held:
        held.seek(0)
        pid = held.read()
        with pytest.raises(Refusal, match=f"held by {pid}$"):
            data_folder.lock(tmp_path / "lock", "held by {pid}")
    data_folder.lock(tmp_path / "lock", "held by {pid}").close()


def test_a_second_set_up_of_one_copy_waits_for_the_first(tmp_path: Path) -> None:
    got: list[str] = []

    def second() -> None:
        with data_folder.wait_for_lock(tmp_path / "lock", "waiting"):
            got.append("second")

    with data_folder.wait_for_lock(tmp_path / "lock", "waiting"):
        waiter = threading.Thread(target=second)
        waiter.start()
        waiter.join(0.3)
        got.append("first")
    waiter.join(30)
    assert got == ["first", "second"]


def test_a_log_that_grew_is_set_aside_and_written_on_by_whoever_has_it_open(tmp_path: Path) -> None:
    data_folder.prepare(tmp_path)
    log = data_folder.log_file(tmp_path, "web")
    with log.open("ab") as writer:
        for letter in (b"a", b"b", b"c", b"d", b"e"):
            writer.write(letter * (data_folder.LOG_BYTES + 1))
            writer.flush()
            data_folder.rotate(log)
        writer.write(b"the newest")
    assert log.read_bytes() == b"the newest"
    kept = sorted((tmp_path / "logs").glob("web.log.*"))
    assert [(each.name, each.read_bytes()[:1]) for each in kept] == [
        ("web.log.1", b"e"),
        ("web.log.2", b"d"),
        ("web.log.3", b"c"),
    ]


def test_logs_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    data_folder.prepare(tmp_path)
    assert (tmp_path / "logs").stat().st_mode & 0o077 == 0
