"""The settings: one table with name, default and meaning, read from ``ASSISTANT_*`` variables or a ``.env`` file."""

import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.articles import MARKETPLACES
from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"
PACKAGE_FOLDER = Path(__file__).parent
BUNDLED_MODEL = PACKAGE_FOLDER / "model"
_PACKAGED_CORPUS = PACKAGE_FOLDER / "corpus"


def default_corpus_folder() -> Path:
    """``corpus/`` of the working folder or of the checkout; else the copy that an installed package carries."""
    for folder in (Path("corpus"), PACKAGE_FOLDER.parent.parent / "corpus"):
        if folder.is_dir():
            return folder
    return _PACKAGED_CORPUS


class Settings(BaseSettings):
    """Everything that can be chosen; unknown names are refused.

    Raises:
        pydantic.ValidationError: a value is impossible. ``Settings.load`` raises ``SettingsError`` in Dutch instead.
    """

    # A .env file may hold keys of other programs (OPENAI_API_KEY); an empty value means the default.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", dotenv_filtering="match_prefix", env_ignore_empty=True, extra="forbid", frozen=True
    )

    data_dir: Path = Field(Path(".assistant"), description="index, database en eigen documenten")
    corpus_dirs: Annotated[tuple[Path, ...], NoDecode] = Field(
        default_factory=lambda: (default_corpus_folder(),), description="mappen met kennis, gescheiden door een komma"
    )
    embedding_model: str = Field("", description="naam of map van een sentence-transformers-model; leeg: het eigen model")
    llm: str = Field("", description="taalmodel, bijvoorbeeld ollama:gemma3:4b; leeg: zonder taalmodel")
    llm_base_url: str = Field("", description="adres van een OpenAI-compatibele server of Ollama")
    llm_timeout_seconds: float = Field(30.0, gt=0, description="hoelang het taalmodel mag zwijgen")
    chroma_url: str = Field("", description="adres van een Chroma-server; leeg: in de datamap")
    database_url: str = Field("", description="SQLAlchemy-adres; leeg: SQLite in de datamap")
    marketplace: str = Field("NL", description="winkel waarvan de regels voorgaan")
    host: str = Field("127.0.0.1", description="adres waarop de webapp luistert")
    port: int = Field(7860, ge=1, le=65535, description="poort waarop de webapp luistert")

    @field_validator("corpus_dirs", mode="before")
    @classmethod
    def _split_folders(cls, value: object) -> object:
        if isinstance(value, (str, Path)):
            value = [part.strip() for part in str(value).split(",") if part.strip()]
        return value or (default_corpus_folder(),)

    @field_validator("marketplace")
    @classmethod
    def _known_marketplace(cls, value: str) -> str:
        code = value.strip().upper()
        if code not in MARKETPLACES:
            raise ValueError(f"verwacht een van: {', '.join(MARKETPLACES)}")
        return code

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ, **overrides: Any) -> Self:
        """Settings from ``overrides``, then ``environ``, then the process environment and ``.env``.

        Raises:
            SettingsError: an ``ASSISTANT_`` name is unknown or a value is impossible; the message is Dutch and names both.
        """
        fields = {PREFIX + name.upper(): name for name in cls.model_fields}
        given = {name.upper(): value for name, value in environ.items() if name.upper().startswith(PREFIX)}
        for name in given:
            if name not in fields:
                raise SettingsError(_unknown_name(name, list(fields)))
        try:
            return cls(**{fields[name]: value for name, value in given.items() if value} | overrides)
        except UnicodeDecodeError as exc:
            raise SettingsError("Het bestand .env is geen geldige UTF-8; sla het op als UTF-8") from exc
        except ValidationError as exc:
            raise SettingsError("\n".join(_fault(error, list(fields)) for error in exc.errors())) from exc

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'assistant.db'}"

    @property
    def model_folder_or_name(self) -> str:
        """The embedding model in force: the bundled folder, or what the user named."""
        return self.embedding_model or str(BUNDLED_MODEL)


def _unknown_name(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.removeprefix(PREFIX), [other.removeprefix(PREFIX) for other in known], n=1)
    hint = f"bedoel je {PREFIX}{near[0]}?" if near else f"bekende namen: {', '.join(sorted(known))}"
    return f"De instelling {name} bestaat niet; {hint}"


def _fault(error: ErrorDetails, known: Sequence[str]) -> str:
    """One sentence about a value that pydantic refused; the value of an unknown name stays out, it may be a secret."""
    name = PREFIX + "_".join(str(part) for part in error["loc"]).upper()
    match error["type"]:
        case "extra_forbidden":
            return _unknown_name(name, known)
        case "value_error":
            reason = str(error["ctx"]["error"])
        case "int_parsing" | "float_parsing":
            reason = "verwacht een getal"
        case "greater_than_equal" | "less_than_equal" | "greater_than":
            reason = "het getal valt buiten de grenzen"
        case _:
            reason = error["msg"]
    return f"De instelling {name} is {error['input']!r}; {reason}"
