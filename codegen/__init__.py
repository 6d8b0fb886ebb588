"""From the contract to the client: ``pull | generate | check | diff | examples | update``.

It runs as ``python -m codegen`` in a checkout and as ``python -m vapi_async.codegen`` from the wheel (cli.py). Nothing
here imports ``vapi_async``: generated code meets its runtime only when it is imported.

The steps of ``generate`` (generate.py, build.py), a module each::

    openapi.json ── overlay.py        our corrections and names, from overlay.yaml
                 ── load.py           read, all but its schemas made sure of, references put where they lead
                 ── prepare.py        the next three, and the names of operations (naming.py, clashes.py, twins.py)
                 ── repair.py         general repairs of schemas and parameters, each with a report line
                 ── canonical.py      equal unions and enums get one name and are written once; all_of.py
                    type_names.py     which name: what ledger.py holds goes first, then where it stands (sites.py)
                 ── parse.py          openapi-python-client reads the canonical document (the only importer of it)
                 ── unions.py         how the variants of each union are told apart
                 ── models.py         schemas of objects → records (records.py)
                 ── operations.py     operations → records of methods and resources; responses.py, pagination.py
                 ── render.py         records → text, by templates that mirror the output
                    methods.py, request_dicts.py, type_hints.py, decoders.py, docstrings.py, argument_docs.py,
                    literals.py, imports.py: the pieces of it
                 ── output.py         ruff format, atomic write, staleness check

What all of them use: document.py, the way around a document; identifiers.py, names that are safe to write;
report.py, what is told of a document; errors.py, what a command refuses with; atomic.py, how a file is replaced.

``pull`` reads a published document (source.py, yaml_text.py), keeps its facts (facts.py), writes them (json_layout.py).
``check`` also compares our own contract with an installed client of another generator, as a report: the room sdk/.
``diff`` compares two documents in canonical form: the room diff/.
``examples`` holds what a published document shows against the contract that is made of it (examples.py).
``update`` is pull, diff, generate, check and tests in one (update.py), with version and changelog (release.py).
"""
