"""The REST API of this backend. Whoever uses it needs the bearer token: it dials phones."""

from __future__ import annotations

from secrets import compare_digest
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, StringConstraints

from .service import VoiceService
from .store import Store

if TYPE_CHECKING:
    from vapi_async.models import Call

_bearer = HTTPBearer(auto_error=False)


def _service(request: Request) -> VoiceService:
    service: VoiceService = request.app.state.service
    return service


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _authorized(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    expected: str = request.app.state.settings.backend_token
    if given is None or not compare_digest(given.credentials.encode(), expected.encode()):
        raise HTTPException(401, "give the bearer token", {"www-authenticate": "Bearer"})


Number = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$")]  # E.164, such as +14155550123
Service = Annotated[VoiceService, Depends(_service)]
Stored = Annotated[Store, Depends(_store)]
router = APIRouter(dependencies=[Depends(_authorized)])
health = APIRouter()


class Customer(BaseModel):
    """The body of PUT /customers; the number stands here and not in the path, since paths are logged."""

    number: Number
    name: str = Field(min_length=1, max_length=100)


class NewAssistant(BaseModel):
    """The body of POST /assistants."""

    name: str = Field(min_length=1, max_length=40)
    first_message: str = Field(min_length=1)
    instructions: str = Field(min_length=1)


class NewCall(BaseModel):
    """The body of POST /calls."""

    assistant_id: str
    number: Number
    reference: str | None = Field(None, min_length=1, max_length=40, description="the same one is called only once")


@router.put("/customers", status_code=204)
async def put_customer(body: Customer, store: Stored) -> Response:
    store.add_customer(body.number, body.name)
    return Response(status_code=204)


@router.post("/assistants", status_code=201)
async def create_assistant(body: NewAssistant, service: Service) -> dict[str, Any]:
    assistant = await service.create_assistant(body.name, body.first_message, body.instructions)
    return {"id": assistant.id, "name": assistant.name}


@router.delete("/assistants/{assistant_id}", status_code=204)
async def delete_assistant(assistant_id: str, service: Service) -> Response:
    await service.delete_assistant(assistant_id)
    return Response(status_code=204)


@router.post("/calls", status_code=201)
async def start_call(body: NewCall, service: Service, store: Stored) -> dict[str, Any]:
    return _shown(await service.start_call(body.assistant_id, body.number, body.reference), store)


@router.get("/calls")
async def recent_calls(
    service: Service,
    store: Stored,
    hours: Annotated[float, Query(gt=0, le=720)] = 24,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[dict[str, Any]]:
    return [_shown(call, store) for call in await service.recent_calls(hours, limit)]


@router.get("/calls/{call_id}")
async def get_call(
    call_id: str, service: Service, store: Stored, wait: Annotated[float, Query(ge=0, le=60)] = 0
) -> dict[str, Any]:
    return _shown(await service.get_call(call_id, wait), store)


@router.post("/calls/{call_id}/end", status_code=204)
async def end_call(call_id: str, service: Service) -> Response:
    await service.end_call(call_id)
    return Response(status_code=204)


@health.get("/health")
async def healthy() -> dict[str, str]:
    return {"status": "ok"}


def _shown(call: Call, store: Store) -> dict[str, Any]:
    """Return a call as this API shows it: by what the webhooks told of it, and by Vapi where they have not yet."""
    told = store.call(call.id) or {}
    return {
        "id": call.id,
        "status": call.status or None,
        "ended_reason": call.ended_reason or None,
        "reference": call.name or None,
        "cost": told.get("cost") or call.cost or None,
        "summary": told.get("summary") or (call.analysis.summary if call.analysis else None) or None,
        "transcript": told.get("transcript", []),
    }
