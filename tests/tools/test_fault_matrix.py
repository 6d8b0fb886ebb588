from __future__ import annotations

from tests.tools.fault_matrix import table

WIRES = "tests/http/test_wires.py::test_what_reads_is_repeated"
BORROWED = "tests/http/test_faults.py::test_a_post_is_received_once_whatever_a_borrowed_transport_says"


def test_cases_are_counted_by_what_they_went_over() -> None:
    held = [
        f"{WIRES}[httpx-trio-tls-not http]",
        f"{WIRES}[httpx-trio-tls-reset]",
        "tests/test_house.py::test_files[a-b-c]",
    ]
    failed = [f"{WIRES}[httpx-trio-tls-chunked, garbage]", f"{BORROWED}[True-stall before the headers-httpx-aiohttp]"]
    lines = [" ".join(line.split()) for line in table(held, failed)]
    assert lines == ["httpx trio tls 2 of 3", "httpx-aiohttp uvloop 0 of 1"]
