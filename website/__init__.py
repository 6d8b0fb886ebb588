"""The documentation's site: `python -m website` builds it into site/, and fails on the first warning.

The site is made of a folder that is put together in build/docs first (`assemble`):

    docs/**               as it is
    CHANGELOG.md          a page of its own
    examples/README.md    a page; each example it links to is one as well (`examples`)
    benchmarks/results.*  the table and the plots of the performance page
    vapi_async.api        a page for each resource (`resources`)
    vapi_async.models     a page for each initial letter (`models`)

Links between these files are written for who reads them in the repository; `links` turns them to the pages, and
`navigation` adds the pages made of code to what mkdocs.yml has. Then zensical builds build/docs, and `parameters` and
`search` finish what it wrote.

zensical is the successor of mkdocs-material, whose maintenance ended in November 2026; both read mkdocs.yml, and
mkdocstrings works with either.
"""
