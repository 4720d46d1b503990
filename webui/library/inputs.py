"""Pictures that requests start from and their masks, kept under the hash of their bytes in the data folder."""

import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from webui.errors import PictureNotFound, PictureUnreadable
from webui.generation.infotext_fields import InfotextFields
from webui.imaging.metadata import embedded_text, fields_of
from webui.imaging.reading import read_picture
from webui.library.library import ID_DIGITS, Library, picture_id
from webui.library.pictures import as_save_failed, temporary_of, write_whole

INPUTS = "inputs"
KEPT_MODES = ("L", "RGB", "RGBA")
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture that was taken in: its size in pixels as it is kept, what was done to it, and what it carried.

    `infotext` is the text that the file carried, in whatever program's form; `fields` what it says, if that is known.
    """

    id: str
    width: int
    height: int
    notes: tuple[str, ...] = ()
    infotext: str | None = None
    fields: InfotextFields | None = None


class InputStore:
    """PNG files `inputs/<id>.png` below a data folder; the server and the worker use the same ones at the same time.

    Args:
        data_dir: the data folder; `inputs` is made in it with the first picture.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / INPUTS
        self._decoding = threading.Lock()

    def add(self, image: Image.Image) -> str:
        """Keep a picture: 8 bits, RGB, RGBA or L; other modes are converted. The same pixels get the same id.

        Raises:
            SaveFailed: the disk is full or refuses the file.
        """
        if image.mode not in KEPT_MODES:
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        file = BytesIO()
        # A copy of the pixels alone: what a file said beside them would be saved too, and change the id.
        Image.frombytes(image.mode, image.size, image.tobytes()).save(file, format="PNG", compress_level=3)
        return self._keep(file.getvalue())

    def add_file(self, content: bytes) -> Upload:
        """Keep a picture file of any common kind.

        Raises:
            PictureUnreadable: it is no picture, damaged, or too large.
            SaveFailed: the disk is full or refuses the file.
        """
        with self._decoding:  # one at a time: a large one takes hundreds of megabytes
            read = read_picture(content)
            picture = self.add(read.image)
        carried = embedded_text(content)
        return Upload(
            id=picture,
            width=read.image.width,
            height=read.image.height,
            notes=read.notes,
            infotext=carried.infotext or carried.comfy_prompt or carried.other_json,
            fields=fields_of(carried),
        )

    def take(self, picture: str, library: Library) -> None:
        """Make sure that a picture is here: one of the library is put beside the others, under its id.

        Raises:
            PictureNotFound: it is neither here nor in the library, or its file there was changed.
            SaveFailed: the disk is full or refuses the file.
        """
        if self.has(picture):
            return
        png = library.read(picture)
        if picture_id(png) != picture:
            raise PictureNotFound("The picture's file was changed after it was made.", hint="Upload it as a new one.")
        self._keep(png)

    def open(self, picture: str) -> Image.Image:
        """A picture, decoded.

        Raises:
            PictureNotFound: there is none of that id.
            PictureUnreadable: its file is damaged.
        """
        path = self.path(picture)
        try:
            with Image.open(path, formats=("PNG",)) as image:
                image.load()
                return image
        except FileNotFoundError as error:
            raise _not_found() from error
        except (OSError, ValueError, SyntaxError) as error:
            raise PictureUnreadable(
                f"The file {INPUTS}/{path.name} is damaged.", hint="Remove it and choose the picture again."
            ) from error

    def has(self, picture: str) -> bool:
        """Whether there is a picture of that id."""
        try:
            return self.path(picture).is_file()
        except PictureNotFound:
            return False

    def path(self, picture: str) -> Path:
        """Where the picture of that id is, or would be.

        Raises:
            PictureNotFound: no picture could have such an id.
        """
        if len(picture) != ID_DIGITS or not _HEX.issuperset(picture):
            raise _not_found()
        return self._folder / f"{picture}.png"

    def recover(self) -> None:
        """Remove what savings left that were cut short. Called at start, while nobody saves."""
        with suppress(OSError):
            for left in self._folder.glob(temporary_of(Path("*")).name):
                left.unlink(missing_ok=True)

    def _keep(self, png: bytes) -> str:
        picture = picture_id(png)
        path = self.path(picture)
        if path.is_file():
            return picture
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Of this saving alone: the worker may save the same picture at the same moment.
            temporary = temporary_of(path.with_name(f"{picture}.{secrets.token_hex(4)}"))
            with suppress(FileExistsError):
                write_whole(path, png, temporary=temporary, replace=False)
        except OSError as error:
            raise as_save_failed(error, then="then choose the picture again") from error
        return picture


def _not_found() -> PictureNotFound:
    return PictureNotFound("There is no such picture.", hint="It may have been removed from the inputs folder.")
