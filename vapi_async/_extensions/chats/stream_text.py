"""What the events of a streamed chat say: their text, the ids, a failure. Nothing here does any I/O.

There are two shapes of events, which documentation and contract give for both endpoints, and both are understood on
either (`POST /chat`: `CreateChatStreamResponse`; `POST /chat/responses`: `ResponseTextDeltaEvent` and so on):

    {"id", "path": "chat.output[0].content", "delta"[, "sessionId"]}
    {"type": "response.output_text.delta", "delta", "output_index", "content_index"}, ….done, response.completed, error

All that is read here is JSON as it came: whatever has another type than it should is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vapi_async._http.error_text import message_in

_FAILED = ("response.failed", "response.incomplete")


class ChatText:
    """The text and the ids of a stream, as far as it was read.

    Attributes:
        id: the id that came last, of the chat or the response.
        session_id: the id of the session that came last.
        parts: path -> the pieces of the text there.
        pieces: the pieces of all text, in the order they came.
        typed: whether an event of the `response.…` shape came, which has an end of its own.
    """

    def __init__(self) -> None:
        self.id: str | None = None
        self.session_id: str | None = None
        self.parts: dict[str, list[str]] = {}
        self.pieces: list[str] = []
        self.typed = False

    def take(self, data: Mapping[str, Any]) -> str:
        """Take note of an event; return the text that it adds, "" if none."""
        type_ = event_type(data)
        self.typed = self.typed or type_.startswith("response.")
        self._take_ids(data, type_)
        text = self._text(data, type_)
        if text:
            self.pieces.append(text)
        return text

    def _take_ids(self, data: Mapping[str, Any], type_: str) -> None:
        response = data.get("response")
        source = response if isinstance(response, dict) else data
        if isinstance(source.get("id"), str) and (source is response or is_chunk(data) or not type_):
            self.id = source["id"]
        if isinstance(source.get("sessionId"), str):
            self.session_id = source["sessionId"]

    def _text(self, data: Mapping[str, Any], type_: str) -> str:
        if is_chunk(data):
            path = data.get("path")
            path = path if isinstance(path, str) else "chat.output[0].content"
            # What is said is content; other paths, such as the arguments of a tool, are no text.
            added = self._add(path, data["delta"])
            return added if "content" in path else ""
        if type_ == "response.output_text.delta":
            return self._add(_path(data), data.get("delta"))
        if type_ == "response.output_text.done":
            return self._complete(_path(data), data.get("text"))
        whole = data.get("response") if type_ == "response.completed" else data if not type_ else None
        return self._take_whole(whole) if isinstance(whole, dict) else ""

    def _add(self, path: str, text: Any) -> str:
        if not isinstance(text, str) or not text:
            return ""
        self.parts.setdefault(path, []).append(text)
        return text

    def _complete(self, path: str, text: Any) -> str:
        """Add what is missing of the text at `path`, given all of it."""
        before = "".join(self.parts.get(path, ()))
        if not isinstance(text, str) or not text.startswith(before) or any(map(_is_of_chat, self.parts)):
            return ""
        return self._add(path, text.removeprefix(before))

    def _take_whole(self, whole: Mapping[str, Any]) -> str:
        """Take the text of a whole Chat or ResponseObject, but for what came piece by piece before."""
        texts = list(_texts(whole.get("output")))
        if not self.pieces:
            return "".join([self._add(path, text) for path, text in texts])
        before, everything = "".join(self.pieces), "".join(text for _, text in texts)
        if not texts or not everything.startswith(before):
            return ""
        return self._add(texts[-1][0], everything.removeprefix(before))


def event_type(data: Mapping[str, Any]) -> str:
    """Return the type that an event states, "" if it states none."""
    type_ = data.get("type")
    return type_ if isinstance(type_, str) else ""


def is_chunk(data: Mapping[str, Any]) -> bool:
    """Return whether an event is of the shape that has a path and a delta."""
    return "delta" in data and ("path" in data or not event_type(data))


def named(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an event with the name that the stream calls it as its type, if it states none itself."""
    if event_type(data) or name == "message" or ("delta" in data and not name.startswith("response.")):
        return data
    return {**data, "type": name}


def complaint(data: Mapping[str, Any], name: str) -> tuple[str, str | None, str | None] | None:
    """Return message, code and param of the failure that an event of this name reports, None if it reports none."""
    type_, response = event_type(data), data.get("response")
    source = response if isinstance(response, dict) else data
    stated = "error" in (type_, name) or type_ in _FAILED
    if not stated and not (type_ in ("", "response.completed") and _has_failed(source)):
        return None
    for key in ("error", "incomplete_details"):
        details = source.get(key)
        source = details if isinstance(details, dict) else source
    codes = (source.get(key) for key in ("code", "statusCode", "reason"))
    code = next((str(code) for code in codes if isinstance(code, str | int)), None)
    param = source.get("param")
    return message_in(source), code, param if isinstance(param, str) else None


def _has_failed(data: Mapping[str, Any]) -> bool:
    if data.get("error") or ("message" in data and "statusCode" in data):
        return True
    return "output" in data and data.get("status") in ("failed", "incomplete")


def _texts(output: Any) -> Iterator[tuple[str, str]]:
    """Yield path and text of what the assistant says in the output of a Chat or a ResponseObject."""
    for index, message in enumerate(output if isinstance(output, list) else ()):
        if not isinstance(message, dict) or message.get("role", "assistant") != "assistant":
            continue
        content = message.get("content")
        if isinstance(content, str):
            yield f"chat.output[{index}].content", content
        for place, part in enumerate(content if isinstance(content, list) else ()):
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield f"response.output[{index}].content[{place}].text", part["text"]


def _path(data: Mapping[str, Any]) -> str:
    """Return where in the response the text of an event belongs."""
    return f"response.output[{_index(data, 'output_index')}].content[{_index(data, 'content_index')}].text"


def _index(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else 0


def _is_of_chat(path: str) -> bool:
    return not path.startswith("response.")
