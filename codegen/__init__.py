"""From the contract to the client: ``python -m codegen pull | generate | check | diff | update``.

The pipeline of ``generate``, one module a step::

    openapi.json ── overlay.py     our corrections and names, from overlay.yaml
                 ── skeleton.py    all but the schemas: made sure of, its references put in their place
                 ── repair.py      general repairs of schemas and parameters, each with a report line
                 ── canonical.py   equal unions and enums get one name and are written once; merge.py: allOf
                 ── parse.py       openapi-python-client reads the canonical document (the only importer of it)
                 ── tags.py        how the variants of each union are told apart
                 ── build.py       our own small records (records.py) of models, unions, resources
                 ── render.py      jinja templates, which mirror the output
                 ── output.py      ruff format, atomic write, staleness check

``diff`` compares two documents in canonical form::

    surface.py   a document as its callers meet it: methods, schemas, where each is sent and received
    rename.py    what is gone and what is new, made pairs
    compare.py   both surfaces side by side; place.py, shapes.py: what stands in one place of both
    changes.py   the changes, and the table of what breaks whom; diff_render.py shows them

``update`` is pull, diff, generate, check and tests in one (update.py), with version and changelog (release.py).

Nothing here imports ``vapi_async``: generated code meets its runtime only when it is imported.
"""
