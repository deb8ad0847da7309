"""Whether waves, their queues and their awards still hold together."""

from collections.abc import Iterator

from django.db.models import Sum

from traitdunion.allocation import redo
from traitdunion.allocation.models import Award, InputRow, Line, Wave
from traitdunion.allocation.states import AwardState, Decision, WaveState
from traitdunion.engine import queue as engine

Wrong = tuple[str, str, str]


def check() -> Iterator[Wrong]:
    """
    Waves that promise more than their purses held, or whose rows no longer give their digest or
    their queue; awards that nothing explains, or whose need was withdrawn.
    """
    waves = Wave.objects.exclude(state=WaveState.CANCELLED).order_by("proposed_at", "pk")
    for one in waves:
        yield from _promises(one)
        # A former wave did not keep what it ranked.
        if one.smallest_cell is not None:
            yield from _redone(one)
    yield from _unexplained()
    gone = Award.objects.filter(state=AwardState.AWARDED, need__state="WITHDRAWN")
    for award in gone.order_by("awarded_at", "pk"):
        yield "allocation_award", str(award.pk), "its need is withdrawn"


def _promises(wave: Wave) -> Iterator[Wrong]:
    rows = Line.objects.filter(wave=wave, decision=Decision.SERVED).values("source").order_by()
    served = {row["source"]: row["total"] for row in rows.annotate(total=Sum("cost_cents"))}
    for source in wave.rules["sources"]:
        if served.get(source["name"], 0) > source["amount_cents"]:
            yield "allocation_wave", str(wave.pk), f"{source['name']} promises too much"


def _redone(wave: Wave) -> Iterator[Wrong]:
    """The same rows, seed and rules give the same queue: it is drawn again."""
    rows = redo.kept(InputRow.objects.filter(wave=wave).order_by("need"))
    if redo.digest(rows) != wave.input_digest:
        yield "allocation_wave", str(wave.pk), "its rows do not give its digest"
        return
    drawn = {
        one.need: (one.rank, one.degree, one.key, one.decision, one.source, one.cost_cents)
        for one in engine.allocate(rows, redo.rules_of(wave.seed, wave.rules))
    }
    columns = ("pk", "need", "rank", "degree", "key", "decision", "source", "cost_cents")
    lines = Line.objects.filter(wave=wave).order_by("rank").values_list(*columns)
    for pk, need, *told in lines.iterator(chunk_size=5_000):
        if drawn.pop(str(need), None) != tuple(told):
            yield "allocation_line", str(pk), "the draw done again does not put it there"
    for need in sorted(drawn):
        yield "allocation_wave", str(wave.pk), f"the line of need {need} is missing"


def _unexplained() -> Iterator[Wrong]:
    """Awards in turn that neither a served line nor a place passed on explains."""
    lines = Line.objects.filter(decision__in=(Decision.SERVED, Decision.WAITING)).order_by("pk")
    said = {
        (wave, need): decision
        for wave, need, decision in lines.values_list("wave", "need", "decision")
    }
    awards = Award.objects.filter(is_out_of_turn=False).select_related("replaces")
    for award in awards.order_by("awarded_at", "pk"):
        decision, passed = said.get((award.wave_id, award.need_id)), award.replaces
        if passed is None and decision != Decision.SERVED:
            yield "allocation_award", str(award.pk), "no line of its wave serves this need"
        elif passed and (decision, passed.state) != (Decision.WAITING, AwardState.LAPSED):
            yield "allocation_award", str(award.pk), "it takes the place of no award that lapsed"
