"""The draw can be done again by anybody, and what was tampered with is named."""

import csv
import json
from pathlib import Path

import pytest
from django.db import connection

from tests.allocation.conftest import MAY, Scene
from traitdunion.allocation import queries, redo
from traitdunion.allocation.models import InputRow, Line, Wave
from traitdunion.base import append_only
from traitdunion.base.spreadsheets import write_csv
from traitdunion.cli import allocate

pytestmark = pytest.mark.django_db


def drawn(scene: Scene) -> Wave:
    scene.with_cite()
    scene.children(4, lon=2.405)
    scene.children(3, lon=2.455, degree=1)
    scene.fund(2, source="cites-educatives-2020")
    scene.fund(2)
    scene.close()
    return scene.confirm(scene.propose())


def files(wave: Wave, folder: Path) -> tuple[Path, Path]:
    rows, rules = folder / "besoins.csv", folder / "regle.toml"
    kept = redo.kept(queries.inputs_of(wave))
    rows.write_bytes(write_csv(redo.COLUMNS, [redo.cells(one) for one in kept]))
    rules.write_text(redo.toml_of(wave.seed, wave.rules))
    return rows, rules


def test_allocate_finds_the_published_queue_in_the_two_files(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wave = drawn(scene)
    rows, rules = files(wave, tmp_path)
    out = tmp_path / "file.csv"

    code = allocate.run([str(rows), str(out), "--programme", str(rules), "--json"])

    said = json.loads(capsys.readouterr().out)
    found = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert code == 0
    assert (said["digest"], said["seed"]) == (wave.input_digest, wave.seed)
    columns = ("need", "rank", "degree", "key", "decision", "source", "cost_cents", "reason")
    told = queries.lines_of(wave).values_list(*columns)
    assert [tuple(row[name] for name in columns) for row in found] == [
        tuple(map(str, line)) for line in told
    ]


def test_a_household_is_a_key_that_names_nobody(scene: Scene, tmp_path: Path) -> None:
    wave = drawn(scene)
    rows, _rules = files(wave, tmp_path)

    need = InputRow.objects.filter(wave=wave).select_related("need__person").first().need

    text = rows.read_text(encoding="utf-8-sig")
    assert str(need.pk) in text
    assert str(need.person_id) not in text
    assert str(need.person.household_id) not in text or need.person.household_id is None


def unprotected(table: str, statement: str, *given: object) -> None:
    """What somebody with full rights would do: triggers off, a change, triggers back."""
    with connection.schema_editor() as editor:
        append_only.unprotect(editor, table)
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
        append_only.protect(editor, table)


@pytest.mark.django_db(transaction=True)
def test_a_row_changed_after_the_draw_is_named(scene: Scene) -> None:
    wave = drawn(scene)
    assert list(queries.check()) == []

    unprotected("allocation_inputrow", "UPDATE allocation_inputrow SET degree = 2")

    assert list(queries.check()) == [
        ("allocation_wave", str(wave.pk), "its rows do not give its digest")
    ]


def test_a_line_moved_up_the_queue_is_named(scene: Scene) -> None:
    wave = drawn(scene)
    last = queries.lines_of(wave).last()

    Line.objects.filter(pk=last.pk).update(rank=0)

    assert list(queries.check()) == [
        ("allocation_line", str(last.pk), "the draw done again does not put it there")
    ]


def test_rows_are_published_only_when_no_cell_is_small(scene: Scene) -> None:
    scene.children(4)
    scene.fund(9)
    scene.close()
    wave = scene.confirm(scene.propose())
    assert (wave.smallest_cell, queries.may_be_published(wave)) == (4, False)


def test_rows_are_published_when_every_child_is_one_of_five_at_least(scene: Scene) -> None:
    scene.children(5, lon=2.405)
    scene.children(6, lon=2.455)
    scene.fund(11)
    scene.close()

    proposal = scene.propose()

    assert not queries.may_be_published(proposal), "nothing is published before it is decided"
    scene.confirm(proposal, MAY)
    proposal.refresh_from_db()
    assert (proposal.smallest_cell, queries.may_be_published(proposal)) == (5, True)
