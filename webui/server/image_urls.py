"""Pictures that a request names by address: not fetched at all unless that is switched on, and then only from outside.

Whoever may name an address makes this computer ask it, and this computer can ask what they cannot: its own services,
the router, a cloud's metadata. So the very connection is checked, each redirect is as the first address was, and
proxies, which would look names up by themselves, are left out.
"""

import http.client
import time
from email.message import Message
from threading import BoundedSemaphore

from webui.errors import DownloadFailed, InvalidRequest
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.asking import Answer, Broken, asked

MAX_BYTES = 20 * 2**20
FETCH_SECONDS = 20.0
CONNECT_SECONDS = 5.0
MAX_AT_ONCE = 4
"""How many addresses are asked at a time: each holds a thread."""
INSTEAD = "Send the picture itself, in base64."
_PIECE_BYTES = 2**16
_UNTOLD_TYPES = ("application/octet-stream", "binary/octet-stream")


def is_url(text: str) -> bool:
    """Whether a text that stands for a picture is an address and no picture in base64."""
    return text[:8].lower().startswith(("http://", "https://"))


class ImageUrls:
    """Fetches pictures by their addresses.

    Args:
        allowed: whether it does so at all.
        loopback: also ask this computer itself, by http, for tests.
        seconds: how long a picture may take to arrive, from the first byte asked to the last.
    """

    def __init__(self, allowed: bool, *, loopback: bool = False, seconds: float = FETCH_SECONDS) -> None:
        self._allowed = allowed
        self._gate = Gate(loopback=loopback, proxies=False, instead=INSTEAD, connect_s=CONNECT_SECONDS)
        self._seconds = seconds
        self._places = BoundedSemaphore(MAX_AT_ONCE)

    def fetch(self, url: str) -> bytes:
        """The file at an address; that it is a picture is only known when it is read.

        Raises:
            InvalidRequest: addresses are not taken, this one is not, or there is nothing there that can be taken.
        """
        if not self._allowed:
            raise _refused(
                "Pictures are not fetched from addresses here.", f"{INSTEAD} (--allow-image-urls would allow it.)"
            )
        if not self._places.acquire(timeout=self._seconds):
            raise _refused("Too many pictures are being fetched at once.", "Try again in a moment.")
        try:
            return self._fetch(url)
        except DownloadFailed as error:
            raise _refused(error.message, error.hint) from error
        except Broken as error:
            raise _refused(f"The picture could not be fetched: {error}.", INSTEAD) from error
        finally:
            self._places.release()

    def _fetch(self, url: str) -> bytes:
        end = time.monotonic() + self._seconds
        with asked(url, self._gate, headers={"Accept": "image/*"}, cancelled=lambda: time.monotonic() > end) as answer:
            _check_head(answer)
            return _body(answer, end)


def _check_head(answer: Answer) -> None:
    if answer.response.status != 200:
        raise _refused(f"The address answered {answer.response.status} instead of a picture.", "Check it.")
    kind = _plain_type(answer.header("content-type"))
    if not kind.startswith("image/") and kind not in _UNTOLD_TYPES:
        raise _refused("There is no picture at that address.", "Give the address of the file itself.")
    if answer.header("content-encoding") not in ("", "identity"):
        raise _refused("The server packs the picture in a way that was not asked for.", INSTEAD)
    if (answer.response.length or 0) > MAX_BYTES:
        raise _too_large()


def _plain_type(header: str) -> str:
    message = Message()
    message["content-type"] = header
    return message.get_content_type()


def _body(answer: Answer, end: float) -> bytes:
    content = bytearray()
    try:
        while piece := answer.response.read1(_PIECE_BYTES):
            content += piece
            if len(content) > MAX_BYTES:
                raise _too_large()
            if time.monotonic() > end:
                raise Broken("it takes too long")
    except (OSError, http.client.HTTPException) as error:
        raise Broken("the connection ended too early") from error
    if answer.response.length:  # bytes that were promised and did not come
        raise Broken("it takes too long" if time.monotonic() > end else "the connection ended too early")
    return bytes(content)


def _too_large() -> InvalidRequest:
    return _refused(f"The picture at that address has more than {MAX_BYTES // 2**20} MB.", "Take a smaller one.")


def _refused(message: str, hint: str) -> InvalidRequest:
    return InvalidRequest(message, hint=hint, field="image")
