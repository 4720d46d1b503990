"""Pictures as A1111's clients send them: base64, a data URI, or an address in the net where that is allowed."""

import base64
import binascii

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.errors import InvalidRequest, PictureUnreadable
from webui.server.image_urls import ImageUrls, is_url

_DATA = "data:"
_SHOWN = 40


class ReceivedPictures:
    """Reads pictures out of requests and keeps them among the inputs. Threads may share it.

    Args:
        engine: has the store of inputs, and notes whose they are.
        urls: fetches what is told by address.
    """

    def __init__(self, engine: Engine, urls: ImageUrls) -> None:
        self._engine = engine
        self._urls = urls

    def file(self, told: str, *, field: str) -> bytes:
        """The picture's file, whatever it is.

        Raises:
            InvalidRequest: this is no base64, or the address is not fetched.
        """
        told = told.strip()
        if is_url(told):
            try:
                return self._urls.fetch(told)
            except InvalidRequest as error:
                raise InvalidRequest(error.message, hint=error.hint, field=field) from error
        if told[: len(_DATA)].lower() == _DATA:
            told = told.partition(",")[2]
        try:
            return base64.b64decode(told.encode("ascii"), validate=False)
        except (binascii.Error, UnicodeEncodeError) as error:
            shown = f"{field}: '{told[:_SHOWN]}' is no picture in base64."
            raise InvalidRequest(shown, hint="Send the file's bytes in base64.", field=field) from error

    def keep(self, told: str, principal: Principal, *, field: str) -> str:
        """Keep a picture for a request to start from; returns its id.

        Raises:
            InvalidRequest: it is no picture that can be read.
            SaveFailed: the disk is full.
        """
        content = self.file(told, field=field)
        try:
            return self._engine.keep_picture(content, principal.owner).id
        except PictureUnreadable as error:
            raise InvalidRequest(f"{field}: {error.message}", hint=error.hint, field=field) from error
