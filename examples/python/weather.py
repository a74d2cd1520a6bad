"""Four years of weather in Seattle, asked from Python: a table of this program and two functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyarrow import csv

import millstream
from millstream import udf, udtf

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "package.json").exists())
KMH_PER_METRE_A_SECOND = 3.6


@udf
def wind_chill(celsius: float, wind: float) -> float:
    """How cold it feels (the formula of weather services); the temperature itself where it says nothing."""
    speed = wind * KMH_PER_METRE_A_SECOND
    if celsius > 10 or speed < 4.8:
        return celsius
    factor = speed**0.16
    return round(13.12 + 0.6215 * celsius - 11.37 * factor + 0.3965 * celsius * factor, 1)


@udtf
def reasons(precipitation: float, chill: float) -> Iterator[str]:
    """Why to stay at home: a row for each reason."""
    if precipitation >= 10:
        yield "wet"
    if chill < 0:
        yield "freezing"


def main() -> None:
    with millstream.connect(working_directory=ROOT) as con:
        con.register("days", csv.read_csv(ROOT / "node_modules/vega-datasets/data/seattle-weather.csv"))
        con.register(wind_chill)
        con.register(reasons)

        # Planned at once, run when its rows are asked for.
        coldest = con.sql("""
            SELECT `date`, temp_min, wind_chill(temp_min, wind) AS chill
            FROM days ORDER BY chill, `date` LIMIT 3
        """)
        print(coldest.columns)
        for row in coldest.fetchall():
            print(*row)

        at_home = con.sql("""
            SELECT weather, reason, COUNT(*) AS days
            FROM days, LATERAL TABLE(reasons(precipitation, wind_chill(temp_min, wind))) AS r(reason)
            GROUP BY weather, reason ORDER BY days DESC LIMIT 3
        """)
        print(at_home.arrow().to_pylist())

        # Batch by batch: the query waits for this loop, and leaving it stops the query.
        rainy = sum(batch.num_rows for batch in con.sql("SELECT 1 FROM days WHERE precipitation > 0"))
        print(rainy, "days with rain")


if __name__ == "__main__":
    main()
