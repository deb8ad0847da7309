"""Tables as people send them: read, or refused in one sentence that says what to do."""

import csv
import gzip
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from traitdunion.base.sheets import Sheet, Unreadable, open_sheet
from traitdunion.base.spreadsheets import write_csv, write_xlsx

pytestmark = pytest.mark.once


def sheet(content: bytes | str, **more: object) -> Sheet:
    data = content.encode() if isinstance(content, str) else content
    return open_sheet(io.BytesIO(data), name="liste.csv", **more)


def cells(content: bytes | str) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet(content).rows()]


def workbook(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for index, row in enumerate(rows):
            page.write_row(index, 0, row)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "Nom,Prénom\nDiallo,Aïcha\n",
        "Nom;Prénom\nDiallo;Aïcha\n",
        "Nom\tPrénom\nDiallo\tAïcha\n",
        "Nom|Prénom\nDiallo|Aïcha\n",
        "Nom;Prénom\r\nDiallo;Aïcha\r\n",
        "Nom;Prénom\rDiallo;Aïcha\r",
        " Nom ; Prénom ;;\n Diallo ; Aïcha ;;\n",
        '"Nom";"Prénom"\n"Diallo";"Aïcha"\n',
        "\ufeffNom;Prénom\nDiallo;Aïcha\n",
        "\n\nNom;Prénom\n\nDiallo;Aïcha\n\n",
        "Liste de la 5e B\nNom;Prénom\nDiallo;Aïcha\n",
        "Nom;Prénom\nDiallo;Aïcha\n".encode("cp1252"),
        "Nom;Prénom\nDiallo;Aïcha\n".encode("utf-16"),
        gzip.compress("Nom;Prénom\nDiallo;Aïcha\n".encode()),
        workbook(("Nom", "Prénom"), ("Diallo", "Aïcha")),
        workbook(("Liste de la 5e B",), ("Nom", "Prénom"), ("Diallo", "Aïcha")),
    ],
    ids=[
        "comma", "semicolon", "tab", "bar", "CRLF", "CR", "blanks", "quotes", "BOM", "blank lines",
        "title above", "cp1252", "UTF-16", "gzip", "xlsx", "xlsx title above",
    ],
)  # fmt: skip
def test_the_same_table_is_read_however_it_was_saved(content: bytes | str) -> None:
    with sheet(content) as read:
        rows = [row.cells for row in read.rows()]

    assert read.header == ("Nom", "Prénom")
    assert rows == [("Diallo", "Aïcha")]


def test_windows_1252_is_said() -> None:
    assert "Windows-1252" in sheet("Nom;Prénom\n".encode("cp1252") + b"a;b\n").notices[0]


def test_a_line_is_that_of_the_file_even_after_a_cell_of_several_lines() -> None:
    read = sheet('Nom;Adresse\nDiallo;"1 rue\ndu Lin"\n\nMartin;2 rue du Lin\n')

    assert [(row.line, row.cells[0]) for row in read.rows()] == [(2, "Diallo"), (5, "Martin")]


def test_a_delimiter_inside_quotes_does_not_count() -> None:
    assert sheet('"Nom, prénom";Classe\n"Diallo, Aïcha";5e\n').header == ("Nom, prénom", "Classe")


def test_short_rows_are_completed_and_long_ones_are_told() -> None:
    read = list(sheet("a;b;c\n1;2\n1;2;3;4\n1;2;3;;\n").rows())

    assert [row.cells for row in read] == [("1", "2", ""), ("1", "2", "3"), ("1", "2", "3")]
    assert [row.overflows for row in read] == [False, True, False]


def test_typed_cells_are_read_as_one_reads_them() -> None:
    from_excel = cells(workbook(("UAI", "N", "Oui"), (940071.0, 2.5, True)))

    assert from_excel == [("940071", "2.5", "oui")]


def test_the_same_bytes_have_the_same_digest() -> None:
    plain = "Nom;Prénom\nDiallo;Aïcha\n"

    assert sheet(plain).digest == sheet(plain).digest != sheet(plain + "\n").digest


def bomb(part_name: str = "xl/worksheets/sheet1.xml", size: int = 400) -> bytes:
    """A small workbook that unpacks to so many megabytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(part_name, "w", force_zip64=True) as part,
    ):
        for _ in range(size):
            part.write(b"\0" * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"\n\n\n", "aucune ligne"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"\xff\xd8\xff\xe0....", "JPEG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        (b"a;b\n1;\0\n", "ligne 2"),
        (b"a;b\n1;2\n3;\x81\xe9\n", "ligne 3"),
        (b'a;b\n1;"' + b"x" * 2_000_000 + b'"\n', "ligne"),
        (b";".join(b"c%d" % n for n in range(400)) + b"\n", "400 colonnes"),
        (b"PK\x03\x04 not a zip", "abîmée"),
        (gzip.compress(b"a;b\n1;2\n" * 50_000)[:-30], "abîmée"),
        (bomb(), "beaucoup plus"),
        (bomb("xl/sharedStrings.xml", 110), "beaucoup plus"),
        (gzip.compress(b"\n" * 310_000_000, 1), "beaucoup plus"),
    ],
    ids=[
        "empty", "blank", "PDF", "PNG", "JPEG", "XLS", "NUL", "bytes", "cell", "columns",
        "zip", "cut gzip", "xlsx bomb", "shared strings", "gzip bomb",
    ],
)  # fmt: skip
def test_what_is_not_a_table_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(sheet(content).rows())

    sentence = str(refused.value)
    assert words in sentence and sentence.startswith("« liste.csv »") and "\n" not in sentence


def test_a_cell_without_end_is_refused_whatever_another_library_allowed() -> None:
    before = csv.field_size_limit(2**31 - 1)
    try:
        with pytest.raises(Unreadable):
            list(sheet(b'a;b\n1;"' + b"x" * 2_000_000 + b'"\n').rows())
    finally:
        csv.field_size_limit(before)


def test_a_zip_that_is_not_a_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.txt", "…")

    with pytest.raises(Unreadable, match="classeur"):
        sheet(out.getvalue())


def test_a_file_over_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "enorme.csv"
    with path.open("wb") as file:
        file.truncate(201_000_000)

    with pytest.raises(Unreadable, match="200 Mo"):
        open_sheet(path, name=path.name)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("Nom;Prénom;Classe\n")
        file.writelines(f"NOM{n};Prenom{n};5e B\n" for n in range(300_000))
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from traitdunion.base.sheets import open_sheet\n"
        "from traitdunion.cli.console import without_tables; without_tables()\n"
        "base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "with open_sheet(Path(sys.argv[1]), name='x') as sheet:\n"
        "    rows = sum(len(batch) for batch in sheet.batches())\n"
        "print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base)\n"
    )

    ran = subprocess.run([sys.executable, "-c", script, path], capture_output=True, check=True)

    rows, growth = (int(word) for word in ran.stdout.split())
    assert rows == 300_000
    # KiB; the rows together are five times as much.
    assert growth < 40_000


def test_formulas_leave_as_text_and_come_back_as_they_went() -> None:
    table = [("=cmd|' /C calc'!A0", -12, "-4,6", "@x", "+33612345678", "Aïcha")]

    back = cells(write_csv(("a", "b", "c", "d", "e", "f"), table))

    assert back == [("'=cmd|' /C calc'!A0", "-12", "-4,6", "'@x", "+33612345678", "Aïcha")]


def test_a_workbook_keeps_numbers_and_runs_nothing() -> None:
    made = write_xlsx("Besoins", ("Nom", "Nombre"), [("=1+1", 3), ("Aïcha", None)])

    assert cells(made) == [("'=1+1", "3"), ("Aïcha", "")]
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in page and b'state="frozen"' in page
