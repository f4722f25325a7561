import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings
from safetensors.numpy import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from assistant.embeddings import EmbeddingModel, LangChainEmbeddings, StaticModel, TransformerModel, load_embedding_model
from assistant.errors import EmbeddingError
from assistant.settings import BUNDLED_MODEL
from tests.doubles import WordLengthModel

TEXTS = ["Wat kost opslag", "opslag opslag opslag", "Kosten van FBA-opslag", "geen enkel bekend woord", "", "é"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved sentence-transformers model of nine tokens and four dimensions."""
    tokens = ["[UNK]", "wat", "kost", "##en", "opslag", "fba", "-", "van", "e"]
    tokenizer = Tokenizer(models.WordPiece({token: number for number, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    weights = np.random.default_rng(1).normal(size=(len(tokens), 4)).astype(np.float32)
    path = tmp_path_factory.mktemp("model")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights), Normalize()], device="cpu").save(str(path))
    return path


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The same model, free to be damaged."""
    for path in folder.rglob("*"):
        if path.is_file():
            (tmp_path / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path.relative_to(folder)).write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture(scope="module")
def bundled() -> EmbeddingModel:
    return load_embedding_model(str(BUNDLED_MODEL))


# --- The bundled kind ------------------------------------------------------------------------------------------------


def test_a_static_model_gives_the_vectors_of_sentence_transformers(folder: Path) -> None:
    expected = SentenceTransformer(str(folder), device="cpu").encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)

    np.testing.assert_allclose(StaticModel(folder).encode_documents(TEXTS), expected, atol=1e-6)


def test_the_bundled_model_gives_the_vectors_of_sentence_transformers(bundled: EmbeddingModel) -> None:
    texts = [text for text in TEXTS if text]  # its weights are float16, in which torch makes nan of nothing
    expected = SentenceTransformer(str(BUNDLED_MODEL), device="cpu").encode(texts, normalize_embeddings=True, show_progress_bar=False)

    np.testing.assert_allclose(bundled.encode_documents(texts), expected, atol=1e-3)


def test_static_and_transformer_models_agree(folder: Path) -> None:
    static, transformer = StaticModel(folder), TransformerModel(str(folder))

    np.testing.assert_allclose(static.encode_query("Wat kost opslag"), transformer.encode_query("Wat kost opslag"), atol=1e-6)
    np.testing.assert_allclose(static.encode_documents(TEXTS), transformer.encode_documents(TEXTS), atol=1e-6)


def test_a_folder_with_only_a_static_embedding_is_read_without_torch(folder: Path) -> None:
    assert isinstance(load_embedding_model(str(folder)), StaticModel)


def test_the_bundled_model_is_small(bundled: EmbeddingModel) -> None:
    size = sum(path.stat().st_size for path in BUNDLED_MODEL.rglob("*") if path.is_file())

    assert isinstance(bundled, StaticModel)
    assert size < 15_000_000


@pytest.mark.parametrize("kind", [StaticModel, TransformerModel])
def test_no_texts_give_no_vectors(folder: Path, kind: type[StaticModel]) -> None:
    model = kind(folder) if kind is StaticModel else TransformerModel(str(folder))

    assert model.encode_documents([]).shape == (0, 4)


@given(text=st.text())
def test_a_vector_has_unit_length_or_is_zero(bundled: EmbeddingModel, text: str) -> None:
    vector = bundled.encode_query(text)

    assert vector.shape == (bundled.dimensions,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5) or not vector.any()


@given(texts=st.lists(st.text(max_size=40), max_size=5))
def test_a_text_has_the_same_vector_alone_and_in_a_batch(bundled: EmbeddingModel, texts: list[str]) -> None:
    batch = bundled.encode_documents(texts)

    for row, text in enumerate(texts):
        np.testing.assert_array_equal(batch[row], bundled.encode_query(text))


# --- Fingerprints ----------------------------------------------------------------------------------------------------


def test_a_copied_model_has_the_same_fingerprint(folder: Path, copy: Path) -> None:
    assert StaticModel(copy).fingerprint == StaticModel(folder).fingerprint


def test_changed_weights_change_the_fingerprint(folder: Path, copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    save_file({name: weight + 1 for name, weight in weights.items()}, copy / "model.safetensors")

    assert StaticModel(copy).fingerprint != StaticModel(folder).fingerprint
    assert TransformerModel(str(copy)).fingerprint != TransformerModel(str(folder)).fingerprint


# --- What cannot be loaded -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x00" * 100], ids=["missing", "empty", "other", "binary"])
def test_a_damaged_model_is_refused_with_its_folder(copy: Path, name: str, content: bytes | None) -> None:
    (copy / name).unlink()
    if content is not None:
        (copy / name).write_bytes(content)

    with pytest.raises(
        EmbeddingError, match=f"Het model in {copy} is (onleesbaar|beschadigd) .*installeer opnieuw of kies een ander model"
    ):
        load_embedding_model(str(copy))


def test_a_model_that_is_not_on_disk_is_refused_by_name() -> None:
    with pytest.raises(EmbeddingError, match="Het embeddingmodel 'bestaat/niet' kan niet worden geladen .* ASSISTANT_EMBEDDING_MODEL"):
        load_embedding_model("bestaat/niet")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text(json.dumps([]))

    with pytest.raises(EmbeddingError, match="kan niet worden geladen"):
        load_embedding_model(str(tmp_path))


# --- LangChain -------------------------------------------------------------------------------------------------------


def test_known_vectors_are_not_computed_again(word_lengths: WordLengthModel) -> None:
    known = np.ones(8, dtype=np.float32)
    embeddings: Embeddings = LangChainEmbeddings(word_lengths, {"bekend": known})

    found = embeddings.embed_documents(["nieuw", "bekend", "nieuw"])

    assert found == [word_lengths.encode_query("nieuw").tolist(), known.tolist(), word_lengths.encode_query("nieuw").tolist()]
    assert word_lengths.embedded == ["nieuw"]


def test_a_question_is_embedded_as_a_query(word_lengths: WordLengthModel) -> None:
    assert LangChainEmbeddings(word_lengths).embed_query("de kat") == word_lengths.encode_query("de kat").tolist()
