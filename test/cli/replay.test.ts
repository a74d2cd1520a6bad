import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, millstream, startMillstream } from './support/command.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-replay-'));
  process.env.MILLSTREAM_CACHE_DIR = join(folder, 'cache');
  await writeFunction('1 / x');
  await writeFile(
    join(folder, 'job.sql'),
    `CREATE TEMPORARY FUNCTION inverse AS 'replayed.inverse' LANGUAGE PYTHON;
     SELECT inverse(x, s) AS r FROM (VALUES (CAST(1 AS BIGINT), 'a'), (0, 'b')) AS t(x, s) WHERE s <> 'c';`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

function writeFunction(expression: string): Promise<void> {
  return writeFile(
    join(folder, 'replayed.py'),
    `from millstream import udf\n\n\n@udf\ndef inverse(x: int, name: str) -> float:\n    return ${expression}\n`,
  );
}

const KINDS = `from collections.abc import Iterator

from millstream import AggregateFunction, Row, udaf, udf, udtf


def lucky(x: int) -> int:
    if x == 13:
        raise ValueError("unlucky")
    return x


@udf
async def unlucky_async(x: int) -> int:
    return lucky(x)


class Sum(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], x: int) -> None:
        accumulator[0] += lucky(x)

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]


unlucky_sum = udaf(Sum())


@udtf
def unlucky_rows(rows: Iterator[Row]) -> Iterator[int]:
    for row in rows:
        yield lucky(row.x)
`;

const FAILED =
  "Error UDF_EXCEPTION: Function `inverse` failed in row 1 for (x=0, name='b'): ZeroDivisionError: division by zero";

describe('a bundle that a function fails on', () => {
  let id = '';

  it('is saved for its owner alone, and the error says how to replay it', async () => {
    const { code, stderr } = await millstream(['run', join(folder, 'job.sql')]);

    id = /`millstream replay ([0-9a-f]{8})`/.exec(stderr)?.[1] ?? '';
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(FAILED) });
    const bundles = join(folder, 'cache/bundles');
    expect(await readdir(bundles)).toEqual([`${id}.bundle`]);
    expect((await stat(join(bundles, `${id}.bundle`))).mode & 0o777).toBe(0o600);
  });

  it('is listed', async () => {
    const { stdout } = await millstream(['replay']);

    expect(stdout.toString()).toMatch(new RegExp(`^id +saved .*\\n${id} .* inverse +UDF_EXCEPTION +2\\n$`));
  });

  it('gives the same error again, by the beginning of its id', async () => {
    const { code, stderr } = await millstream(['replay', id.slice(0, 5)]);

    expect(code).toBe(1);
    expect(stderr).toContain(FAILED);
    expect(stderr).toContain('This is the error of the job.');
  });

  it('opens the debugger at the row', async () => {
    const child = startMillstream(['replay', id, '--pdb']);
    child.stdin.end('p x, name\nq\n');

    const { stdout } = await ended(child);

    expect(stdout.toString()).toContain("(0, 'b')");
  });

  it('runs through once the function is right', async () => {
    await writeFunction('x / 2');

    const { code, stderr } = await millstream(['replay', id]);

    expect(code).toBe(0);
    expect(stderr).toContain('The bundle ran without an error: 2 rows in, 2 rows out.');
  });

  it.each([
    ['unlucky_async', 'SELECT unlucky_async(x) FROM v', 'in row 1 for (x=13)'],
    ['unlucky_sum', 'SELECT unlucky_sum(x) FROM v', 'in `accumulate` in row 1 for (x=13)'],
    ['unlucky_rows', 'SELECT * FROM unlucky_rows(TABLE v)', 'on a partition of 2 rows'],
  ])('is of any kind of function: %s', async (name, query, where) => {
    await writeFile(join(folder, 'kinds.py'), KINDS);
    const job = join(folder, `${name}.sql`);
    await writeFile(
      job,
      `CREATE TEMPORARY FUNCTION ${name} AS 'kinds.${name}' LANGUAGE PYTHON;
       CREATE TEMPORARY VIEW v AS SELECT x FROM (VALUES (CAST(1 AS BIGINT)), (13)) AS t(x);
       ${query};`,
    );

    const failed = await millstream(['run', job]);
    const saved = /`millstream replay ([0-9a-f]{8})`/.exec(failed.stderr)?.[1] ?? '';
    const replayed = await millstream(['replay', saved]);

    const message = `Error UDF_EXCEPTION: Function \`${name}\` failed ${where}: ValueError: unlucky`;
    expect(failed.stderr).toContain(message);
    expect(replayed.stderr).toContain(message);
    expect(replayed.stderr).toContain('This is the error of the job.');
  });

  it('is not saved where that is switched off', async () => {
    await writeFunction('1 / x');

    const { stderr } = await millstream([
      'run',
      join(folder, 'job.sql'),
      '-D',
      'millstream.replay.save=false',
    ]);

    expect(stderr).toContain(FAILED);
    expect(stderr).not.toContain('millstream replay');
  });

  it('that does not exist is an error with the ids near it', async () => {
    const { code, stderr } = await millstream(['replay', `${id.slice(0, 7)}z`]);

    expect(code).toBe(2);
    expect(stderr).toContain(`Did you mean ${id}?`);
  });
});
