"""Files of knowledge bases: indexed on the clock, and ready then, or failed."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from .rest.derived_objects import update_file_list
from .rest.http_values import Handler, HttpRequest, HttpResponse, not_found

if TYPE_CHECKING:
    from .rest.crud import CrudHandlers
    from .rest.state import SandboxState

Json = dict[str, Any]

_FILES = "/v2/knowledge-base/{id}/file"
_SECONDS = 5.0


class KnowledgeBases:
    """The knowledge bases of one sandbox.

    Args:
        state: its state.
        crud: stores them.
    """

    def __init__(self, state: SandboxState, crud: CrudHandlers) -> None:
        self._state = state
        self._crud = crud
        self._outcomes: deque[bool] = deque()

    def script(self, *ready: bool) -> None:
        """Say whether the next files that are indexed get ready."""
        self._outcomes.extend(ready)

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations that index files, by operation."""
        handlers: dict[str, Handler] = {f"POST {_FILES}": self._attach, f"POST {_FILES}/{{fileId}}/retry": self._retry}
        return {key: handler for key, handler in handlers.items() if key in self._state.contract.operations}

    def resume(self) -> None:
        """Go on with the stored files that are being indexed."""
        for base in list(self._state.store.all("/v2/knowledge-base")):
            home = _FILES.replace("{id}", base["id"])
            for file in list(self._state.store.all(home)):
                if file.get("status") == "indexing":
                    self._index(home, file["id"])

    def _attach(self, request: HttpRequest) -> HttpResponse:
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        self._index(_home(request), request.body["fileId"])
        return answer

    def _retry(self, request: HttpRequest) -> HttpResponse:
        home, id = _home(request), request.params["fileId"]  # noqa: A001
        file = self._state.store.get(home, id)
        if file is None:
            raise not_found("file", id)
        if file["status"] == "failed":
            self._set(home, id, "indexing")
            self._index(home, id)
        return HttpResponse(201, self._state.store.get(home, id))

    def _index(self, home: str, id: str) -> None:  # noqa: A002
        ready = self._outcomes.popleft() if self._outcomes else True
        self._state.clock.after(_SECONDS, partial(self._finish, home, id, "ready" if ready else "failed"))

    async def _finish(self, home: str, id: str, status: str) -> None:  # noqa: A002
        if self._state.store.get(home, id) is not None:
            self._set(home, id, status)

    def _set(self, home: str, id: str, status: str) -> None:  # noqa: A002
        self._state.store.patch(home, id, {"status": status})
        update_file_list(self._state, home)


def _home(request: HttpRequest) -> str:
    return _FILES.replace("{id}", request.params["id"])
