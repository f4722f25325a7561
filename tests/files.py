"""Makes small PDF and Word files for tests."""

from pathlib import Path

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def write_pdf(path: Path, *pages: str, title: str = "", encryption: dict[str, str] | None = None) -> Path:
    """A PDF with the lines of each text on a page of its own; an empty text gives an empty page."""
    writer = PdfWriter()
    for text in pages:
        _add_page(writer, text)
    if title:
        writer.add_metadata({"/Title": title})
    if encryption is not None:
        writer.encrypt(algorithm="RC4-128", **encryption)  # type: ignore[arg-type]
    writer.write(path)
    return path


def _add_page(writer: PdfWriter, text: str) -> None:
    page = writer.add_blank_page(300, 300)
    lines = "".join(f"({line}) Tj 0 -14 Td " for line in text.split("\n") if text)
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 10 280 Td {lines}ET".encode("latin-1"))
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    page[NameObject("/Contents")] = stream
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})


def write_docx(path: Path, heading: str, paragraph: str) -> Path:
    """A Word document with one heading and one paragraph."""
    document = docx.Document()
    document.add_heading(heading, 1)
    document.add_paragraph(paragraph)
    document.save(str(path))
    return path
