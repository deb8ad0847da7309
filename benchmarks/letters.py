"""
Letters a second: the worker's own road, beside WeasyPrint drawing the same words and code.

    python -m benchmarks.letters [--letters 1000] [--peer 60]

Ours is `draw_waiting`: read what is queued, draw a tagged PDF/UA with its QR code, keep it, leave
the e-mail, write the event. The peer only draws: the same text from HTML, tagged (pdf/ua-1), with
the same code as SVG and the same letters. Rounds alternate in one process. Goal: 8 times.
"""

import argparse
import statistics
import sys
import time
from html import escape
from typing import Any

from benchmarks import grants_world
from benchmarks.grants_world import AT, ROOT

FONT = ROOT / "traitdunion/documents/fonts/AtkinsonHyperlegibleNext_400Regular.ttf"
CSS = f"""
@font-face {{ font-family: Atkinson; src: url("{FONT.as_uri()}"); }}
@page {{ size: A4; margin: 16mm 20mm 22mm; }}
body {{ font: 10pt Atkinson; }} h1 {{ font-size: 17pt; }} h2 {{ font-size: 11pt; }}
.code svg {{ width: 20mm; }} table td {{ padding: 2pt; }}
"""
ROUNDS = 3


def page(paper: Any) -> str:
    """The same words as ours, as HTML."""
    from traitdunion.documents.codes import qr_svg

    rows = "".join(f"<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>" for a, b in paper.facts)
    parts = "".join(f"<h2>{escape(p.title)}</h2><p>{escape(p.text)}</p>" for p in paper.articles)
    return (
        f'<html lang="fr"><head><title>{escape(paper.title)}</title><style>{CSS}</style></head>'
        f'<body><div class="code">{qr_svg(paper.link)}</div><p>{escape(paper.authority.name)}</p>'
        f"<p>{escape(paper.addressee.name)}<br>{escape(paper.addressee.address)}</p>"
        f"<h1>{escape(paper.title)}</h1><p>{escape(paper.opening)}</p><table>{rows}</table>"
        f"{parts}<p>{escape(paper.closing)}</p><p>{escape(paper.signatory.title)}</p></body></html>"
    )


def peer(papers: list[Any]) -> float:
    """Documents a second."""
    from weasyprint import HTML

    started = time.perf_counter()
    for one in papers:
        pdf = HTML(string=page(one)).write_pdf(pdf_variant="pdf/ua-1")
        assert pdf.startswith(b"%PDF")
    return len(papers) / (time.perf_counter() - started)


def ours(world: Any, count: int) -> float:
    from traitdunion.base.actors import ROBOT
    from traitdunion.grants.operations import letters

    started = time.perf_counter()
    done = letters.draw_waiting(
        plan=world.plan, public_url="https://t.example", by=ROBOT, at=AT, limit=count
    )
    assert done == count
    return count / (time.perf_counter() - started)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=1_000)
    parser.add_argument("--peer", type=int, default=60)
    asked = parser.parse_args()
    grants_world.start()
    from traitdunion.grants import papers
    from traitdunion.grants.operations.deciding import Terms, decide_batch

    world = grants_world.World(asked.letters)
    made = decide_batch(
        applications=world.applications, amounts={}, terms=Terms("ACCEPTED"),
        envelope=world.envelope, plan=world.plan, by=world.alice, at=AT,
    )  # fmt: skip
    told = [
        papers.paper(
            application=one.application, told=papers.told_by(one),
            words=papers.words_of(None, "ORDER"), plan=world.plan, number="L0000000",
            public_url="https://t.example", at=AT,
        )
        for one in made[: asked.peer]
    ]  # fmt: skip
    peer(told[:2])
    speeds: dict[str, list[float]] = {"ours": [], "peer": []}
    for _round in range(ROUNDS):
        speeds["peer"].append(peer(told[: asked.peer // ROUNDS]))
        speeds["ours"].append(ours(world, asked.letters // ROUNDS))
    mine, theirs = (statistics.median(speeds[way]) for way in ("ours", "peer"))
    print(f"{asked.letters} letters (PDF/UA), one each, kept with their event and e-mail")
    print(f"  WeasyPrint, drawing only  {theirs:8.1f} /s")
    print(f"  ours, the worker’s road   {mine:8.1f} /s")
    print(f"ratio (ours over the peer): {mine / theirs:.1f}  goal ≥ 8")
    return 0 if mine >= 8 * theirs else 1


if __name__ == "__main__":
    sys.exit(main())
