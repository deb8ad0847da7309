"""
Derive the reference of communes, départements and régions from `@etalab/decoupage-administratif`.

    npm pack @etalab/decoupage-administratif && tar xzf etalab-*.tgz
    python tools/make_reference.py package

Writes traitdunion/territories/reference/{communes,departments,regions}.csv.gz, byte for byte the
same for the same version. A code that a merger ended is kept beside the commune that took it over,
since contours and lists of schools go on using it. The time zone of each overseas département is
not in the package; it is below.
"""

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "traitdunion" / "territories" / "reference"
TIME_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/Guadeloupe",
    "978": "America/Guadeloupe",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
    "989": "Pacific/Tahiti",
}
KINDS = {"commune-actuelle", "arrondissement-municipal"}


def write(name: str, header: list[str], rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    packed = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    (OUT / f"{name}.csv.gz").write_bytes(packed)
    print(f"{name}: {len(rows)} rows, {len(packed)} bytes")


def former_codes(communes: list[dict[str, Any]]) -> dict[str, set[str]]:
    """For each commune of today, the codes under which its parts were known."""
    today = {c["code"] for c in communes if c["type"] in KINDS}
    former: dict[str, set[str]] = {code: set() for code in today}
    for one in communes:
        if one["type"] in KINDS:
            former[one["code"]] |= set(one.get("anciensCodes", [])) - today
        elif one["code"] not in today and one["chefLieu"] in today:
            former[one["chefLieu"]].add(one["code"])
    return former


def main(package: Path) -> None:
    data = {
        name: json.loads((package / "data" / f"{name}.json").read_text())
        for name in ("communes", "departements", "regions")
    }
    former = former_codes(data["communes"])
    OUT.mkdir(parents=True, exist_ok=True)
    write("regions", ["code", "name"], [[r["code"], r["nom"]] for r in data["regions"]])
    write(
        "departments",
        ["code", "name", "region", "time_zone"],
        [
            [d["code"], d["nom"], d["region"], TIME_ZONES.get(d["code"], "Europe/Paris")]
            for d in data["departements"]
        ],
    )
    write(
        "communes",
        ["code", "name", "department", "parent", "postal_codes", "former_codes"],
        [
            [
                c["code"],
                c["nom"],
                c.get("departement") or c.get("collectiviteOutremer", {}).get("code", ""),
                c.get("commune", "") if c["type"] == "arrondissement-municipal" else "",
                "|".join(c.get("codesPostaux", [])),
                "|".join(sorted(former[c["code"]])),
            ]
            for c in data["communes"]
            if c["type"] in KINDS
        ],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
