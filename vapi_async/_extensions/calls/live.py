"""`Live`: a call while it goes on - speaking into it, steering it, listening to it.

The API gives every call URLs for that, on hosts of its own. Such a URL is a secret: its path is the leave to use it.
So no error, hook or repr shows more of it than its host, `hosts` says which hosts are contacted at all, and the
client's token never goes there: at most a public key, for assistants whose monitorPlan asks for one.

Commands are requests like any other of the client: its hooks, timeouts, limits and errors apply. What the API answers
to a command is not documented, so whatever it is, it is returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from vapi_async._http.prepared_request import PreparedRequest
from vapi_async._lazy import exported_by
from vapi_async._modeling.nested_lookup import nested_value
from vapi_async._modeling.unset import UNSET, Unset
from vapi_async.errors import DecodeError

from .allowed_hosts import CONTROL, LISTEN, Hosts, shown

if TYPE_CHECKING:
    from os import PathLike

    from vapi_async._http.session import Session
    from vapi_async._modeling.model import Model
    from vapi_async._modeling.partial_results import Recording

    from .audio import Audio
    from .listening import Listening

    JsonObject = Mapping[str, Any] | Model

_URLS = ("controlUrl", "listenUrl")
_HOLDERS = ("monitor", "call", "message")


@exported_by("vapi_async")
class Live:
    """A call that is going on; `client.live(...)` makes it.

    Args:
        session: sends the commands.
        target: the Call, its monitor, or a webhook message of it.
        public_key: is sent in place of the client's token, which never is; None: nothing is.
        allow_hosts: hosts to contact beside those of Vapi.
    """

    def __init__(self, session: Session, target: Any, public_key: str | None, allow_hosts: Iterable[str]) -> None:
        call = _call_of(target)
        monitor = call if _is_monitor(call) else nested_value(call, "monitor")
        self._session = session
        self._control_url = nested_value(monitor, "controlUrl")
        self._listen_url = nested_value(monitor, "listenUrl")
        self._audio_url = nested_value(call, "transport", "websocketCallUrl")
        self._hosts = Hosts(allow_hosts, session.base_url)
        self._public_key = public_key
        self._headers()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._session.base_url}>"

    async def say(
        self,
        content: str,
        *,
        end_call_after_spoken: bool | Unset = UNSET,
        interrupt_assistant_enabled: bool | Unset = UNSET,
        interruptions_enabled: bool | Unset = UNSET,
    ) -> Any:
        """Have the assistant say something.

        Args:
            content: what.
            end_call_after_spoken: end the call then.
            interrupt_assistant_enabled: cut off what the assistant is saying. The API's default: False, it is said
                after that.
            interruptions_enabled: whether the customer may interrupt it.

        Raises:
            TypeError: `content` is not a str.
            RequestError: the request failed.
        """
        if not isinstance(content, str):
            raise TypeError(f"content must be a str, not {type(content).__name__}")
        return await self._command(
            "say",
            content=content,
            endCallAfterSpoken=end_call_after_spoken,
            interruptAssistantEnabled=interrupt_assistant_enabled,
            interruptionsEnabled=interruptions_enabled,
        )

    async def add_message(self, message: JsonObject, *, trigger_response_enabled: bool | Unset = UNSET) -> Any:
        """Add a message to the conversation that the model sees.

        Args:
            message: as OpenAI has it: `{"role": "system", "content": "..."}`.
            trigger_response_enabled: have the assistant answer it. The API's default: True.

        Raises:
            TypeError: `message` is no mapping or model.
            RequestError: the request failed.
        """
        _check_object("message", message, '{"role": "system", "content": "..."}')
        return await self._command("add-message", message=message, triggerResponseEnabled=trigger_response_enabled)

    async def mute_assistant(self) -> Any:
        """Silence the assistant."""
        return await self._command("control", control="mute-assistant")

    async def unmute_assistant(self) -> Any:
        """Let the assistant be heard again."""
        return await self._command("control", control="unmute-assistant")

    async def mute_customer(self) -> Any:
        """Keep the assistant from hearing the customer."""
        return await self._command("control", control="mute-customer")

    async def unmute_customer(self) -> Any:
        """Let the assistant hear the customer again."""
        return await self._command("control", control="unmute-customer")

    async def say_first_message(self) -> Any:
        """Have the assistant say its first message."""
        return await self._command("control", control="say-first-message")

    async def transfer(self, destination: str | JsonObject, *, content: str | Unset = UNSET) -> Any:
        """Transfer the call.

        Args:
            destination: a number ("+1555..."), a SIP URI ("sip:..."), or a TransferDestinationNumber or -Sip.
            content: what is said before.

        Raises:
            ValueError: the text is neither a number nor a SIP URI.
            TypeError: `destination` is of another type.
            RequestError: the request failed.
        """
        return await self._command("transfer", destination=_transfer_destination(destination), content=content)

    async def handoff(self, destination: JsonObject, *, content: str | Unset = UNSET) -> Any:
        """Hand the call over to another assistant.

        The documentation has this command, the contract has not.

        Args:
            destination: `{"type": "assistant", "assistantName": "..."}`, or a HandoffDestinationAssistant.
            content: what is said before.

        Raises:
            TypeError: `destination` is no mapping or model.
            RequestError: the request failed.
        """
        _check_object("destination", destination, '{"type": "assistant", "assistantName": "..."}')
        return await self._command("handoff", destination=destination, content=content)

    async def end(self) -> Any:
        """End the call. `calls.end` does that too, and looks first where the call stands."""
        return await self._command("end-call")

    async def send_transport_message(self, message: JsonObject) -> Any:
        """Send a message to what carries the call.

        Args:
            message: `{"transport": "vapi.sip", "sipVerb": "INFO", "headers": {...}, "body": "..."}`, or
                `{"transport": "twilio", "twiml": "..."}`.

        Raises:
            TypeError: `message` is no mapping or model.
            RequestError: the request failed.
        """
        _check_object("message", message, '{"transport": "vapi.sip", ...}')
        return await self._command("send-transport-message", message=message)

    async def send(self, message: JsonObject) -> Any:
        """Send a command as it is, such as one that this library does not know.

        It is sent again only if nothing of it was sent, or after a 429.

        Args:
            message: `{"type": ..., ...}` in the API's spelling.

        Returns:
            What the API answers: decoded JSON, else text, None if it is empty.

        Raises:
            ValueError: the call has no control URL.
            ConfigurationError: its host is none that may be contacted; see `allow_hosts` of `Client.live`.
            TypeError: `message` is no mapping or model.
            RequestError: the request failed.
        """
        from vapi_async._http.error_text import decoded
        from vapi_async._operations.arguments import json_content

        _check_object("message", message, '{"type": "say", ...}')
        url = self._hosts.check(self._required(self._control_url, "control URL", "controlEnabled"), CONTROL)
        content, described = json_content("POST", message)
        command = PreparedRequest(
            "POST",
            "/…/control",
            url,
            headers={**self._headers(), **described},
            content=content,
            authorize=False,
            raw=True,
            shown_url=shown(url),
        )
        try:
            answer: bytes = await self._session.perform(command)
        except DecodeError as error:  # the command was carried out all the same
            answer = error.raw
        return decoded(answer)

    def listen(self) -> Listening:
        """Listen to the call: `async with live.listen() as frames`, then `async for frame in frames`.

        A frame is bytes, which are audio (PCM; see `listening` for its format), or a control message: a dict, or a str
        that is no JSON object. They end when the call does. `async for frame in live.listen()` works too.

        Raises:
            ValueError: the call has no listen URL.
            ConfigurationError: its host is none that may be contacted; see `allow_hosts` of `Client.live`.
            MissingExtra: when connecting: the extra `[live]` is not installed.
            RequestError: when connecting: there was no connection, or it was refused.
            ConnectionLost: while listening: the connection broke.
        """
        from .listening import Listening

        url = self._hosts.check(self._required(self._listen_url, "listen URL", "listenEnabled"), LISTEN)
        return Listening(self._session, url, self._headers())

    async def save_wav(
        self, path: str | PathLike[str], *, sample_rate: int = 16_000, channels: int = 1, sample_width: int = 2
    ) -> Recording:
        """Record the call from now to its end as a WAV file.

        The API does not state the format of the audio. These are assumed, unless a control message before the audio
        says otherwise.

        Args:
            path: where the file is to be, replacing one that is there. It appears when the recording is over; if
                that is cancelled, nothing is left of it.
            sample_rate: samples a second.
            channels: how many channels, interleaved.
            sample_width: bytes of one sample.

        Returns:
            What was recorded.

        Raises:
            ValueError: a number is not one that a WAV file can have.
            RequestError: there was no connection, it was refused, or it broke. After a ConnectionLost, what came before
                is in the file; the `partial` of the error tells of it.
            OSError: the file cannot be written.
        """
        from .listening import WavFile, save_wav

        return await save_wav(self.listen(), WavFile(path, sample_rate, channels, sample_width))

    def connect_audio(self) -> Audio:
        """Take the customer's part of a call with websocket transport: `async with live.connect_audio() as audio`.

        Raises:
            ValueError: the call has no websocket of its own.
            ConfigurationError: its host is none that may be contacted; see `allow_hosts` of `Client.live`.
            MissingExtra: when connecting: the extra `[live]` is not installed.
            RequestError: when connecting: there was no connection, or it was refused.
        """
        from .audio import Audio

        if self._audio_url is None:
            raise ValueError(
                'the call has no websocketCallUrl: create it with transport={"provider": "vapi.websocket"},'
                " and give live the Call that this returns"
            )
        return Audio(self._session, self._hosts.check(self._audio_url, LISTEN), self._headers())

    async def _command(self, command: str, **fields: Any) -> Any:
        given = {name: value for name, value in fields.items() if value is not UNSET}
        return await self.send({"type": command, **given})

    def _required(self, url: Any, what: str, switch: str) -> str:
        if isinstance(url, str) and url:
            return url
        raise ValueError(
            f"the call has no {what}: it has one once it is created, unless monitorPlan.{switch} of its assistant is"
            " False; give live the Call that was created, or one from calls.get"
        )

    def _headers(self) -> dict[str, str]:
        """Return all that is sent: the client's own header fields are for the API only."""
        headers = {"accept": "*/*"}
        agent = self._session.options.headers.get("user-agent")
        if agent:
            headers["user-agent"] = agent
        if self._public_key is not None:
            headers["authorization"] = self._bearer(self._public_key)
        return headers

    def _bearer(self, key: str) -> str:
        if not key or not all("!" <= character <= "~" for character in key):
            raise ValueError("public_key must be a public key of the organization, as text without white space")
        if f"Bearer {key}" == self._session.shared.credentials.bearer:
            raise ValueError("public_key is the client's private token, which must not go there: give the public key")
        return f"Bearer {key}"


def _call_of(target: Any) -> Any:
    """Return the call that `target` is or tells of, or the monitor that it is.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(target, str | bytes) or not callable(getattr(target, "get", None)) or isinstance(target, type):
        given = type(target).__name__
        raise TypeError(f"live needs the Call, its monitor or a webhook message of it, not {given}: see calls.get")
    if isinstance(target.get("results"), list):
        raise TypeError("these are several calls: give live one of results")
    if _is_monitor(target) or target.get("monitor") is not None:
        return target
    inner = target.get("message") if target.get("call") is None else target.get("call")
    if callable(getattr(inner, "get", None)):
        return _call_of(inner)
    known = getattr(target, "_attributes", None)
    if known is not None and not any(name in known for name in _HOLDERS):
        raise TypeError(f"live needs the Call, its monitor or a webhook message of it, not {type(target).__name__}")
    return target


def _is_monitor(target: Any) -> bool:
    known = getattr(target, "_attributes", ())
    return any(name in known or target.get(name) is not None for name in _URLS)


def _check_object(name: str, value: Any, example: str) -> None:
    if not isinstance(value, Mapping) and not hasattr(value, "to_dict"):
        raise TypeError(f"{name} must be a mapping or a model such as {example}, not {type(value).__name__}")


def _transfer_destination(destination: Any) -> Any:
    if not isinstance(destination, str):
        _check_object("destination", destination, '{"type": "number", "number": "+1555..."}')
        return destination
    if destination.startswith("+") and destination.isascii() and destination[1:].isdecimal():
        return {"type": "number", "number": destination}
    if destination.startswith(("sip:", "sips:")):
        return {"type": "sip", "sipUri": destination}
    raise ValueError(f'destination is {destination!r}: write "+1555...", "sip:..." or a TransferDestination')
