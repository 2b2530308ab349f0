"""Calculators: a JSON document in, a JSON document out; nothing is stored and nobody is bound.

`quote` reckons a schedule, `apr` the annual cost of cash flows, `allocate` what a payment pays. Each is a
module of the same name that exports one `CALCULATOR` (see `documents.Calculator`): a pure `compute` over
documents of exact JSON, and a `table` for people. The command line (`./sluice quote`) and the API
(`POST /v1/calculator/...`) hand the same documents to the same function; the JSON Schemas of both sides stand
in `api_docs/schemas`, and the examples in them are run by the tests. No module here knows Django, so that
the command line answers at once.
"""
