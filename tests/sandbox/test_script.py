from __future__ import annotations

import pytest

from vapi_async.sandbox.script import Script, SpeechStep, ToolCallStep, assistant, hang, steps_of, tool, transfer, user


def test_short_forms_stand_for_turns() -> None:
    steps = steps_of(["Hi", ("assistant", "Hello"), ("user", "Bye", 2.5)], ())
    assert steps == (user("Hi"), assistant("Hello"), user("Bye", 2.5))


def test_a_turn_takes_as_long_as_its_words() -> None:
    assert user("Hi").seconds == 1.0
    assert user("one two three four five").seconds == 2.0
    assert assistant("Hi", 7).seconds == 7


def test_tools_are_called_after_the_last_thing_the_user_says() -> None:
    called = ToolCallStep((("get_weather", {"city": "Paris"}),))
    steps = steps_of(
        [("user", "Hi"), ("user", "Weather?"), ("assistant", "{result}")], [("get_weather", {"city": "Paris"})]
    )
    assert steps == (user("Hi"), user("Weather?"), called, assistant("{result}"))


def test_tools_alone_make_a_script() -> None:
    assert steps_of(None, [("ping", {})]) == (user("Hello"), ToolCallStep((("ping", {}),)), assistant("{result}"))


def test_tools_without_a_user_come_last() -> None:
    assert steps_of([assistant("Hi")], [("ping", {})])[-1] == ToolCallStep((("ping", {}),))


def test_tools_may_be_turns() -> None:
    assert tool("get_weather", city="Paris") == ToolCallStep((("get_weather", {"city": "Paris"}),))


def test_a_number_is_a_destination() -> None:
    assert transfer("+14155550199").destination == {"type": "number", "number": "+14155550199"}
    assert transfer().destination is None
    assert hang().seconds == 5


@pytest.mark.parametrize("turn", [("bot", "Hi"), ("user",), 5, ("user", 5), None])
def test_what_is_no_turn_is_refused(turn: object) -> None:
    with pytest.raises(ValueError, match="a turn is"):
        steps_of([turn], ())


def test_answered_is_one_of_four() -> None:
    with pytest.raises(ValueError, match="answered must be"):
        Script.of(answered="maybe")


def test_without_turns_a_script_is_the_default() -> None:
    assert Script.of() == Script()
    assert Script.of([]).steps == ()
    assert isinstance(Script.of(["Hi"]).steps[0], SpeechStep)
