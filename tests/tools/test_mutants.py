from __future__ import annotations

from tests.tools.mutants import mutants

SOURCE = """
def sends(tries: int, asked: bool = False) -> bool:
    if not asked:
        note(tries)
    return tries < 3 and asked
"""


def test_each_mutant_has_one_thing_changed() -> None:
    assert [mutant.name for mutant in mutants(SOURCE)] == [
        "3: if not asked: note(tries) -> if True: note(tries)",
        "3: if not asked: note(tries) -> if False: note(tries)",
        "5: return tries < 3 and asked -> return None",
        "2: False -> True",
        "3: not asked -> bool(asked)",
        "4: note(tries) -> pass",
        "5: tries < 3 and asked -> tries < 3 or asked",
        "5: tries < 3 -> tries <= 3",
        "5: 3 -> 4",
    ]


def test_what_says_nothing_at_run_time_stays() -> None:
    source = 'def f(a: 1 < 2) -> 3:\n    """Four."""\n    raise ValueError(f"{5 + 6}")\n'
    assert list(mutants(source)) == []


def test_a_mutant_is_a_whole_module() -> None:
    namespaces = []
    for mutant in mutants(SOURCE):
        namespace: dict[str, object] = {}
        exec(mutant.source, namespace)  # noqa: S102 - three lines of our own
        namespaces.append(namespace)
    assert all("sends" in namespace for namespace in namespaces)
