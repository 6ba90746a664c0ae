"""Vector search with pgvector beside ChromaDB and beside exact search in memory."""

import dataclasses
import json
import sys
from collections.abc import Sequence
from typing import Annotated, Final

from cyclopts import App, Parameter
from cyclopts.validators import Number
from threadpoolctl import threadpool_limits

from bench.retrieval.catalog import Catalog, grown, seeded
from bench.retrieval.chroma import Chroma, chroma_of
from bench.retrieval.database import fill
from bench.retrieval.exact import ExactSearch
from bench.retrieval.measurement import SizeReport, measure
from bench.retrieval.pgvector import pgvector_searches
from bench.retrieval.queries import Query, queries_of
from bench.retrieval.report import report_table
from bench.running import run
from bench.server import Server, temporary_server
from local_stack import terminal
from local_stack.settings import ROOT
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.wiring import wiring

FEWEST: Final = 500
"""Credentials: the seeds are among them."""

app: Final = App(name="python -m bench.retrieval", help=__doc__, version_flags=[])


@app.default
def bench(
    *,
    sizes: Annotated[
        tuple[int, ...], Parameter(consume_multiple=True, validator=Number(gte=FEWEST))
    ] = (1_000, 10_000, 100_000),
    queries: Annotated[int, Parameter(validator=Number(gte=24))] = 96,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Measure and report.

    Args:
        sizes: How many credentials the catalogs hold.
        queries: How many situations are searched for; a multiple of 24 has all tracks and levels.
        as_json: Print the figures as JSON on standard output.
    """
    seeds = wiring.seed_source(ROOT / "seeds").read()
    embedder = OfflineEmbedder()
    with terminal.step("vectors"):
        catalog = grown(seeded([seed.content for seed in seeds.credentials], embedder), max(sizes))
        asked = queries_of([seed.content for seed in seeds.tracks], embedder, count=queries)
    with (
        threadpool_limits(limits=1),
        temporary_server() as server,
        chroma_of(catalog, asked, folder=server.home / "chroma") as chroma,
    ):
        reports = [
            _measure(catalog.first(size), asked, server=server, chroma=chroma) for size in sizes
        ]
    if as_json:
        found = [dataclasses.asdict(report) for report in reports]
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        terminal.out.print(report_table(reports))


def _measure(
    catalog: Catalog, asked: Sequence[Query], *, server: Server, chroma: Chroma
) -> SizeReport:
    size, embedder = len(catalog), OfflineEmbedder()
    url = server.database(f"credentials_{size}")
    with terminal.step(f"{size:,}: rows"):
        built = fill(url, catalog, wiring.seed_source(ROOT / "seeds"), embedder)
    with terminal.step(f"{size:,}: Chroma"):
        beside = chroma.build(size)
    with (
        pgvector_searches(url, built=built) as pgvector,
        terminal.step(f"{size:,}: searches"),
    ):
        return measure(
            [ExactSearch(catalog), beside, *pgvector], asked, size=size, server=server.process
        )


if __name__ == "__main__":
    run(app)
