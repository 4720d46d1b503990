"""A picture of the library or its film as an answer: from memory while the disk does not take it, else its file."""

from fastapi.responses import FileResponse, Response

from webui.library.library import Library
from webui.server.routes_jobs import FOREVER


def picture_answer(library: Library, picture: str, *, download: bool = False) -> Response:
    """The PNG of a picture; with `download` the browser saves it under its own name.

    Raises:
        PictureNotFound: there is none of that id, or its file has been removed.
    """
    found = library.find(picture)
    headers = {"Cache-Control": FOREVER}
    if download:
        name = found.path.rpartition("/")[2] if found.path else f"{found.id}.png"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    png = library.in_memory(picture)
    if png is not None:
        return Response(png, media_type="image/png", headers=headers)
    return FileResponse(library.file(found), media_type="image/png", headers=headers)


def film_answer(library: Library, picture: str, *, download: bool = False) -> Response:
    """The MP4 whose first frame a picture is, in pieces where the browser asks for them.

    Raises:
        PictureNotFound: there is none of that id, it has no film, or the file has been removed.
    """
    film = library.film(picture)
    headers = {"Cache-Control": FOREVER}
    if download:
        name = f"{picture}.mp4" if isinstance(film, bytes) else film.name
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if isinstance(film, bytes):
        return Response(film, media_type="video/mp4", headers=headers)
    return FileResponse(film, media_type="video/mp4", headers=headers)
