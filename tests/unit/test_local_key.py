"""The key of this machine's own server: made once, shared, and for its owner alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lamella.errors import SetupError
from lamella.local.key import FILE, local_key


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    key = local_key(folder, {})
    assert key.startswith("lm_local_")
    assert local_key(folder, {}) == key
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == [FILE]


def test_all_who_ask_at_once_for_the_first_time_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: local_key(tmp_path, {}), range(40)))
    assert len(keys) == 1


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    assert local_key(tmp_path / "a", {}) != local_key(tmp_path / "b", {})


def test_the_environment_s_key_wins_and_is_not_written(tmp_path: Path) -> None:
    assert local_key(tmp_path, {"LAMELLA_API_KEY": " lm_mine_secret "}) == "lm_mine_secret"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", ["short", "has a blank", "lm_schlüssel", "lm_" + "x" * 200])
def test_a_key_that_no_header_can_carry_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(SetupError, match="LAMELLA_API_KEY holds no usable API key"):
        local_key(tmp_path, {"LAMELLA_API_KEY": key})


def test_a_damaged_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\x00")
    with pytest.raises(SetupError, match=rf"{FILE} holds no usable API key: remove it"):
        local_key(tmp_path, {})


def test_a_folder_that_can_t_be_written_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="can't be kept"):
        local_key(tmp_path / "file" / "folder", {})
