/** Functions of every kind in each Python that `npm run versions` found, with the oldest and newest libraries. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Session } from '../../../operators/index.js';

const ENVIRONMENTS = resolve('node_modules/.millstream/versions');
const NAMES = [
  '3.10-oldest',
  '3.10-newest',
  '3.11-oldest',
  '3.11-newest',
  '3.12-oldest',
  '3.12-newest',
  '3.13-newest',
  '3.14-newest',
];
const FUNCTIONS = `
import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Optional

import pyarrow as pa
import pyarrow.compute as pc
from millstream import AggregateFunction, Row, udaf, udf, udtf
from pyflink.table import DataTypes
from pyflink.table.udf import udf as of_pyflink


@udf
def version() -> str:
    return "%d.%d %s" % (*sys.version_info[:2], pa.__version__.split(".")[0] == "14")


@dataclass
class Day:
    day: date
    at: Optional[time]
    amounts: list[Annotated[Decimal, (10, 2)]]
    names: dict[str, Optional[int]]


@udf
def nested(moment: datetime, amount: Annotated[Decimal, (10, 2)], n: Optional[int]) -> Day:
    return Day(moment.date(), None if n is None else moment.time(), [amount, amount * 2], {"n": n})


@udf(result_type="ROW<a BIGINT, b STRING>")
def turned(row):
    return None if row is None else Row(a=row.b, b=str(row.a))


@udf(batch="arrow")
def doubled(n: pa.Array) -> Annotated[pa.Array, "BIGINT"]:
    return pc.multiply(n, 2)


@udf(result_type="BIGINT", batch="arrow")
def advanced(numbers: Iterator[pa.Array]) -> Iterator[pa.Array]:
    for n in numbers:
        yield pc.add(n, 1)


@udf
async def slow(n: int) -> timedelta:
    await asyncio.sleep(0)
    return timedelta(seconds=n)


@of_pyflink(result_type=DataTypes.STRING())
def shown(n):
    return repr(n)


@udtf(result_types=["BIGINT", "STRING"])
def repeated(n):
    for i in range(n):
        yield i, "x" * i


@udtf(result_types="STRING", batch="arrow")
def words(texts: pa.Array):
    return pc.split_pattern(texts, " ")


class Longest(AggregateFunction):
    def create_accumulator(self) -> list[str]:
        return []

    def accumulate(self, seen: list[str], text: str) -> None:
        seen.append(text)

    def get_value(self, seen: list[str]) -> Optional[str]:
        return max(seen, key=len, default=None)


longest = udaf(Longest())
`;
const CREATED = [
  'version',
  'nested',
  'turned',
  'doubled',
  'advanced',
  'slow',
  'shown',
  'repeated',
  'words',
  'longest',
];
const QUERIES: readonly (readonly [string, readonly string[]])[] = [
  [
    "SELECT nested(TIMESTAMP '2020-01-02 03:04:05.678', CAST(1.25 AS DECIMAL(10, 2)), n) FROM (VALUES (7), (CAST(NULL AS INT))) AS t(n) ORDER BY n",
    [
      '["2020-01-02", null, ["1.25", "2.50"], {"$map": [["n", null]]}]',
      '["2020-01-02", "03:04:05.678", ["1.25", "2.50"], {"$map": [["n", 7]]}]',
    ],
  ],
  [
    'SELECT turned(CAST(ROW(1, 2) AS ROW<a INT, b INT>)), doubled(n), advanced(n), slow(n), shown(n) FROM (VALUES (CAST(3 AS BIGINT))) AS t(n)',
    ['[2, "1"], 6, 4, 3000, "3"'],
  ],
  ['SELECT i, s FROM (VALUES (2)) AS t(n), LATERAL TABLE(repeated(n)) AS r(i, s)', ['0, ""', '1, "x"']],
  ["SELECT w FROM (VALUES ('to be')) AS t(s), LATERAL TABLE(words(s)) AS r(w)", ['"to"', '"be"']],
  ["SELECT longest(s) FROM (VALUES ('a'), ('bcd'), ('ef')) AS t(s)", ['"bcd"']],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-versions-'));
  await writeFile(join(folder, 'version_functions.py'), FUNCTIONS);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const name of NAMES) {
  it(`functions of every kind run in Python ${name.replace('-', ' with the ')} libraries`, async (context) => {
    const python = join(ENVIRONMENTS, name, 'bin/python');
    if (!existsSync(join(ENVIRONMENTS, name, '.made'))) {
      console.log(
        `skipped Python ${name}: \`npm run versions\` makes the environments this machine can have`,
      );
      context.skip();
    }
    const session = await open(python);
    try {
      const names = CREATED.map(
        (of) => `CREATE TEMPORARY FUNCTION ${of} AS 'version_functions.${of}' LANGUAGE PYTHON;`,
      );
      const [version] = await rowsOf(session, `${names.join('\n')} SELECT version()`);
      expect(version).toBe(`"${name.split('-')[0]} ${name.endsWith('oldest') ? 'True' : 'False'}"`);
      for (const [sql, rows] of QUERIES) expect(await rowsOf(session, sql), sql).toEqual(rows);
    } finally {
      await session.close();
    }
  });
}

function open(python: string): Promise<Session> {
  return Session.open({
    configuration: {
      'python.executable': python,
      'parallelism.default': '1',
      'table.local-time-zone': 'UTC',
    },
    workingDirectory: folder,
    jobFolder: null,
    onLog: () => {},
    onProgress: () => {},
    onNote: () => {},
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode: null,
  });
}

async function rowsOf(session: Session, sql: string): Promise<string[]> {
  const found: string[] = [];
  for await (const result of session.execute(sql)) {
    if (result.kind !== 'rows') continue;
    for await (const batch of result.batches()) {
      for (let row = 0; row < batch.rows; row++) {
        found.push(result.columns.map((_, column) => batch.jsonText(row, column)).join(', '));
      }
    }
  }
  return found;
}
