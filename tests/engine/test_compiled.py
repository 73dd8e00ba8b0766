import subprocess
import sys

import pytest

from callcenter.engine import compiled
from callcenter.engine.compiled import njit


@njit(cache=True)
def doubled(x):
    return 2 * x


@pytest.fixture
def fresh():
    compiled._writable_place.cache_clear()
    yield
    compiled._writable_place.cache_clear()


def test_a_function_gives_the_same_compiled():
    assert doubled(21) == 42


@pytest.mark.usefixtures("fresh")
class TestWhereItIsStored:
    def test_beside_the_package(self, tmp_path):
        assert compiled._writable_place(tmp_path) == tmp_path / "__pycache__"

    def test_in_the_users_cache_where_the_package_is_read_only(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        closed = tmp_path / "file"
        closed.touch()

        found = compiled._writable_place(closed)

        assert found == tmp_path / "cache/callcenter"

    def test_in_a_private_directory_where_there_is_no_home(self, tmp_path, monkeypatch):
        closed = tmp_path / "file"
        closed.touch()
        monkeypatch.setenv("XDG_CACHE_HOME", str(closed))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

        found = compiled._writable_place(closed)

        assert found is not None
        assert found.parent == tmp_path
        assert found.stat().st_mode & 0o077 == 0

    def test_never_where_others_may_write(self, tmp_path, monkeypatch):
        closed = tmp_path / "file"
        closed.touch()
        monkeypatch.setenv("XDG_CACHE_HOME", str(closed))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        compiled._writable_place(closed).chmod(0o777)
        compiled._writable_place.cache_clear()

        assert compiled._writable_place(closed) is None

    def test_under_another_name_when_a_module_beside_it_changes(self, tmp_path):
        (tmp_path / "a.py").write_text("x = 1")
        before = compiled._digest(tmp_path)
        compiled._digest.cache_clear()
        (tmp_path / "a.py").write_text("x = 2")

        assert compiled._digest(tmp_path) != before


@pytest.mark.process
def test_switched_off_it_loads_no_compiler():
    code = (
        "import sys; from callcenter.engine.compiled import njit;"
        "f = njit(cache=True)(lambda x: x + 1);"
        "print(f(1), 'numba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["2", "False"]
