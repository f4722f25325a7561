"""The documents a user added, kept in the data folder so that the index can be rebuilt without the original files."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from assistant.documents import Document, Record
from assistant.errors import StoreError


class Upload(Record):
    """An added document with the folder it came from."""

    root: str
    document: Document


class Uploads:
    """A folder of added documents, one file each, named by a hash of the document id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Upload]:
        """Every added document, ordered by id.

        Raises:
            StoreError: a file cannot be read; the message names it.
        """
        uploads = []
        for path in self._folder.glob("*.json"):
            try:
                uploads.append(Upload.model_validate_json(path.read_text("utf-8")))
            except (OSError, ValidationError, UnicodeDecodeError) as exc:
                raise StoreError(
                    f"Het toegevoegde document {path} is beschadigd; verwijder dat bestand en voeg het document opnieuw toe"
                ) from exc
        return sorted(uploads, key=lambda upload: upload.document.document_id)

    def save(self, uploads: Sequence[Upload]) -> None:
        """Keep these documents; one with the same id is replaced."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for upload in uploads:
                path = self._path(upload.document.document_id)
                temporary = path.with_suffix(".part")
                temporary.write_text(upload.model_dump_json(), "utf-8")
                temporary.replace(path)
        except OSError as exc:
            raise StoreError(f"Kan niet schrijven in {self._folder} ({exc.strerror}); controleer de datamap") from exc

    def remove(self, document_id: str) -> bool:
        """Whether there was such a document; it is gone now."""
        path = self._path(document_id)
        if not path.exists():
            return False
        path.unlink()
        return True

    def fingerprint(self) -> str:
        """Changes when any added document does."""
        digest = hashlib.sha256()
        for path in sorted(self._folder.glob("*.json")):
            digest.update(path.name.encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]

    def _path(self, document_id: str) -> Path:
        return self._folder / f"{hashlib.sha256(document_id.encode()).hexdigest()[:32]}.json"
