"""`--infotext FILE`: the parameters in a file, which is a text or a picture that carries them."""

from pathlib import Path

from webui.errors import InvalidRequest
from webui.generation.infotext_fields import InfotextFields
from webui.generation.infotext_sources import read_text
from webui.imaging.metadata import embedded_text, fields_of
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.named_models import with_known_model

MAX_FILE_BYTES = 256_000_000


def read_parameters(file: Path, catalogue: Catalogue) -> InfotextFields:
    """The fields that a file names, with a model only where it is in the catalogue.

    Raises:
        InvalidRequest: there is no such file, or no parameters are in it.
    """
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise InvalidRequest(f"infotext: the file {file} is too large.", field="infotext")
        content = file.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidRequest(f"infotext: the file {file} cannot be read: {reason}.", field="infotext") from error
    fields = fields_of(embedded_text(content)) or _of_text(content)
    if fields is None or not fields.values:
        raise InvalidRequest(
            f"infotext: there are no parameters in the file {file}.",
            hint=(fields.notes[0] if fields and fields.notes else "Give a picture that carries them, or their text."),
            field="infotext",
        )
    return with_known_model(fields, catalogue)


def _of_text(content: bytes) -> InfotextFields | None:
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")  # as Windows' editors may save it
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return read_text(text) if text.strip() and "\0" not in text else None
