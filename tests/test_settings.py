from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import BUNDLED_MODEL, PACKAGE_FOLDER, Settings, default_corpus_folder
from tests.conftest import ROOT


@pytest.fixture
def dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ``.env`` file of the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    return tmp_path / ".env"


# --- Where values come from ------------------------------------------------------------------------------------------


def test_every_setting_has_a_default() -> None:
    assert Settings.load({}).model_dump() == {
        "data_dir": Path(".assistant"),
        "corpus_dirs": (default_corpus_folder(),),
        "embedding_model": "",
        "llm": "",
        "llm_base_url": "",
        "llm_timeout_seconds": 30.0,
        "chroma_url": "",
        "database_url": "",
        "marketplace": "NL",
        "host": "127.0.0.1",
        "port": 7860,
    }


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_values_are_read_from_the_environment() -> None:
    settings = Settings.load(
        {"ASSISTANT_PORT": "9000", "assistant_marketplace": " be ", "ASSISTANT_CORPUS_DIRS": "een, twee/drie", "PATH": "/bin"}
    )

    assert (settings.port, settings.marketplace, settings.corpus_dirs) == (9000, "BE", (Path("een"), Path("twee/drie")))


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PORT", "9001")

    assert (Settings.load().port, Settings().port) == (9001, 9001)


def test_an_argument_goes_before_the_environment() -> None:
    assert Settings.load({"ASSISTANT_PORT": "9000"}, port=9002).port == 9002


def test_an_empty_value_means_the_default() -> None:
    assert Settings.load({"ASSISTANT_PORT": "", "ASSISTANT_CORPUS_DIRS": "", "ASSISTANT_DATA_DIR": ""}) == Settings.load({})


def test_a_dotenv_file_is_read_after_the_environment(dotenv: Path) -> None:
    dotenv.write_text("ASSISTANT_PORT=9000\nASSISTANT_MARKETPLACE=DE\n")
    settings = Settings.load({"ASSISTANT_PORT": "9001"})

    assert (settings.port, settings.marketplace) == (9001, "DE")


def test_keys_of_other_programs_in_a_dotenv_file_are_left_alone(dotenv: Path) -> None:
    dotenv.write_text("OPENAI_API_KEY=sk-geheim\nASSISTANT_PORT=9000\n")

    assert Settings.load({}).port == 9000


@pytest.mark.parametrize(
    "given", ["corpus", Path("corpus"), ["corpus"], (Path("corpus"),)], ids=["text", "path", "list of text", "tuple of paths"]
)
def test_folders_can_be_given_in_any_form(given: object) -> None:
    assert Settings(corpus_dirs=given).corpus_dirs == (Path("corpus"),)


# --- What follows from them ------------------------------------------------------------------------------------------


def test_the_database_is_sqlite_in_the_data_folder_unless_named() -> None:
    assert (Settings(data_dir=Path("map")).database, Settings(database_url="postgresql://x").database) == (
        f"sqlite:///{Path('map') / 'assistant.db'}",
        "postgresql://x",
    )


def test_the_bundled_model_is_used_unless_another_is_named() -> None:
    assert (Settings().model_folder_or_name, Settings(embedding_model="naam").model_folder_or_name) == (str(BUNDLED_MODEL), "naam")


def test_the_corpus_of_the_working_folder_goes_before_that_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    without = default_corpus_folder()
    (tmp_path / "corpus").mkdir()

    assert (without, default_corpus_folder()) == (ROOT / "corpus", Path("corpus"))


def test_an_installed_package_brings_its_own_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("assistant.settings.PACKAGE_FOLDER", tmp_path / "site-packages" / "assistant" / "x")

    assert default_corpus_folder() == PACKAGE_FOLDER / "corpus"


# --- What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ASSISTANT_PORT", "veel", "De instelling ASSISTANT_PORT is 'veel'; verwacht een getal"),
        ("ASSISTANT_PORT", "70000", "De instelling ASSISTANT_PORT is '70000'; het getal valt buiten de grenzen"),
        ("ASSISTANT_PORT", "0", "De instelling ASSISTANT_PORT is '0'; het getal valt buiten de grenzen"),
        ("ASSISTANT_LLM_TIMEOUT_SECONDS", "0", "De instelling ASSISTANT_LLM_TIMEOUT_SECONDS is '0'; het getal valt buiten de grenzen"),
        ("ASSISTANT_LLM_TIMEOUT_SECONDS", "lang", "De instelling ASSISTANT_LLM_TIMEOUT_SECONDS is 'lang'; verwacht een getal"),
        ("ASSISTANT_MARKETPLACE", "LU", "De instelling ASSISTANT_MARKETPLACE is 'LU'; verwacht een van: NL, BE, DE"),
        ("ASSISTANT_POORT", "9000", "De instelling ASSISTANT_POORT bestaat niet; bedoel je ASSISTANT_PORT?"),
        ("assistant_poort", "9000", "De instelling ASSISTANT_POORT bestaat niet; bedoel je ASSISTANT_PORT?"),
        ("ASSISTANT_XYZ", "1", "De instelling ASSISTANT_XYZ bestaat niet; bekende namen: ASSISTANT_CHROMA_URL, ASSISTANT_CORPUS_DIRS"),
    ],
)
def test_a_wrong_setting_is_refused_in_dutch_with_its_name(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({name: value})

    assert str(caught.value).startswith(message)


def test_all_wrong_settings_are_listed_at_once() -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_MARKETPLACE is 'LU'.*\nDe instelling ASSISTANT_PORT is 'veel'"):
        Settings.load({"ASSISTANT_PORT": "veel", "ASSISTANT_MARKETPLACE": "LU"})


def test_an_unknown_name_in_a_dotenv_file_is_refused_without_its_value(dotenv: Path) -> None:
    dotenv.write_text("ASSISTANT_API_KEY=geheim\n")

    with pytest.raises(SettingsError) as caught:
        Settings.load({})

    assert "ASSISTANT_API_KEY bestaat niet" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_dotenv_file_that_is_not_utf8_is_refused(dotenv: Path) -> None:
    dotenv.write_bytes(b"ASSISTANT_DATA_DIR=caf\xe9\n")

    with pytest.raises(SettingsError, match=r"Het bestand \.env is geen geldige UTF-8"):
        Settings.load({})


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(ValidationError, match="poort"):
        Settings(poort=9000)  # type: ignore[call-arg]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 9000  # type: ignore[misc]
