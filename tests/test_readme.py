"""The README says what the code does: its settings table and its commands."""

import re
from pathlib import Path

import pytest

from assistant.cli import app
from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_settings_table_names_every_setting_and_no_other() -> None:
    table = README.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    assert re.findall(rf"`({PREFIX}\w+)`", table) == [PREFIX + name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("name", ["data_dir", "llm_timeout_seconds", "marketplace", "host", "port"])
def test_settings_table_gives_the_default(name: str) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{PREFIX}{name.upper()}`"))
    assert f"`{Settings.model_fields[name].default}`" in row


def test_every_command_is_explained() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert {name for name in names if f"assistant {name}" not in README} == set()


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    assert {name for name in re.findall(r"`?make ([a-z-]+)", README)} <= targets


def test_every_folder_of_the_tree_exists() -> None:
    tree = README.partition("## The tree")[2].partition("```")[2].partition("```")[0]
    paths = [line.split()[0] for line in tree.strip().splitlines()]
    assert [path for path in paths if not (ROOT / path).exists()] == []
