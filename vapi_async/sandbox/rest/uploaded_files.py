"""The contents of uploaded files, and the URLs that they are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from .http_values import Upload
    from .persistence import Persistence

PREFIX = "/uploads"


class UploadedFiles:
    """The uploaded files of one sandbox.

    Args:
        persistence: the file that they are kept in, if any.
    """

    def __init__(self, persistence: Persistence | None = None) -> None:
        self._persistence = persistence
        self._uploads: dict[str, Upload] = {} if persistence is None else dict(persistence.files())

    def keep(self, id: str, upload: Upload) -> None:  # noqa: A002
        """Keep a file by its id."""
        self._uploads[id] = upload
        if self._persistence is not None:
            self._persistence.put_file(id, upload)

    def drop(self, id: str) -> None:  # noqa: A002
        """Forget a file."""
        self._uploads.pop(id, None)
        if self._persistence is not None:
            self._persistence.remove_file(id)

    def path(self, id: str, filename: str) -> str:  # noqa: A002
        """Return the path of the URL that a file is read from."""
        return f"{PREFIX}/{id}/{quote(filename)}"

    def content(self, id: str) -> bytes | None:  # noqa: A002
        """Return what was uploaded, None if there is no such file."""
        upload = self._uploads.get(id)
        return None if upload is None else upload.data

    def routes(self) -> list[BaseRoute]:
        """Return the routes of those URLs."""
        from starlette.routing import Route

        return [Route(PREFIX + "/{id}/{name:path}", self._serve, methods=["GET"])]

    async def _serve(self, request: Request) -> Response:
        from starlette.responses import Response

        upload = self._uploads.get(request.path_params["id"])
        if upload is None:
            return Response("no such file", 404)
        return Response(upload.data, media_type=upload.media_type)
