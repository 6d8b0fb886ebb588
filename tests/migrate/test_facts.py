"""How the names table is read from a release."""

from __future__ import annotations

import pytest

from tests.migrate.facts import OurTypes, Theirs, read_release

CLIENT = """
class AsyncBoardClient:
    async def board_controller_find_one(self, id: str): ...
    async def _private(self): ...
"""
RAW = """
class AsyncRawBoardClient:
    async def board_controller_find_one(self, id: str):
        return await self._client.request(f"reporting/board/{jsonable_encoder(id)}", method="GET")
    async def not_public(self):
        return await self._client.request("reporting", method="GET")
"""
TYPES = """
class CreateAssistantDtoModel_Openai(UncheckedBaseModel):
    provider: typing.Literal["openai"] = "openai"
    model: OpenAiModelModel
    tool_ids: typing_extensions.Annotated[typing.Optional[typing.List[str]], FieldMetadata(alias="toolIds")] = None
    messages: typing.Optional[str] = None
    tools: typing.Optional[str] = None
    temperature: typing.Optional[float] = None
    max_tokens: typing_extensions.Annotated[typing.Optional[float], FieldMetadata(alias="maxTokens")] = None
    toolRefs: str
    knowledgeBase: str
    fallbackModels: str
    numFastTurns: str
    emotionRecognitionEnabled: str
    model_config: typing.ClassVar[str] = ""

class CreateAssistantDtoModel_Strange(UncheckedBaseModel):
    provider: typing.Literal["strange"] = "strange"

CallStatus = typing.Union[typing.Literal["queued"], typing.Any]
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Theirs:
    folder = tmp_path_factory.mktemp("release")
    for name, text in {"board/client.py": CLIENT, "board/raw_client.py": RAW, "types/all.py": TYPES}.items():
        path = folder / "vapi" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_release(folder)


def test_methods_have_a_method_and_a_path(release: Theirs) -> None:
    assert release.methods == {"board.board_controller_find_one": ("GET", "/reporting/board/{}")}


def test_models_have_fields_and_tags(release: Theirs) -> None:
    assert {"toolIds", "maxTokens", "model"} <= release.models["CreateAssistantDtoModel_Openai"]
    assert "model_config" not in release.models["CreateAssistantDtoModel_Openai"]
    assert release.tags["CreateAssistantDtoModel_Openai"] == {"provider": "openai"}


def test_types_are_found_by_name_and_by_what_they_are(release: Theirs) -> None:
    ours = OurTypes()
    assert ours.find("CreateAssistantDtoModel_Openai", release) == "OpenAIModel"
    assert ours.find("CreateAssistantDtoModel_Strange", release) is None
    assert ours.find("OpenAiModel", release) == "OpenAIModel"
    assert ours.find("CallStatus", release) == "CallStatus"
    assert ours.find("NothingOfOurs", release) is None
