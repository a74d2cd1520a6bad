import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { millstream } from './support/command.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-context-'));
  await writeFile(join(folder, 'factor.txt'), '7');
  await writeFile(
    join(folder, 'context_functions.py'),
    `import logging

from millstream import AggregateFunction, FunctionContext, ScalarFunction, current_context, udaf, udf


class Scale(ScalarFunction):
    def open(self, context: FunctionContext) -> None:
        with open(context.cached_file("factor")) as file:
            self.factor = int(file.read()) + int(context.get_job_parameter("more", "0"))
        self.rows = context.counter("rows", model=context.get_job_parameter("model", "none"))
        self.sizes = context.histogram("sizes")
        context.gauge("factor", lambda: self.factor)
        logging.getLogger("quiet").warning("not shown")
        context.logger.debug("opened %s", context.get_task_name_with_subtasks())

    def eval(self, x: int) -> int:
        self.rows.inc()
        self.sizes.update(x)
        return x * self.factor


scale = udf(Scale())


@udf
async def fetched(x: int) -> int:
    current_context().distribution("waits", host="a").update(x)
    return x


class Total(AggregateFunction):
    def open(self, context: FunctionContext) -> None:
        self.rows = context.counter("added", of="total")
        self.sizes = context.histogram("sizes", of="total")

    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], x: int) -> None:
        self.rows.inc()
        self.sizes.update(x)
        accumulator[0] += x

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]


total = udaf(Total())
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function job(name: string, changes: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(
    file,
    `functions: { scale: context_functions.scale }
files: { factor: ${join(folder, 'factor.txt')} }
parameterSchema: { properties: { more: { type: integer, maximum: 10 } }, required: [model] }
options:
  parallelism.default: 1
  python.logging.default.level: DEBUG
  python.logging.level.overrides: quiet:ERROR
sql: SELECT SUM(scale(x)) AS total FROM (VALUES (CAST(1 AS BIGINT)), (2), (3)) AS t(x)
${changes}
`,
  );
  return file;
}

describe('the context of a function', () => {
  it('brings parameters, files and loggers, and takes metrics to the summary and the file', async () => {
    const metrics = join(folder, 'metrics.jsonl');
    const file = await job('good.yaml', 'parameters: { more: 3, model: "small, mid" }');

    const { code, stdout, stderr } = await millstream(['run', file, '--format', 'csv', '--metrics', metrics]);

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'total\n60\n' });
    expect(stderr).toMatch(/\[scale DEBUG\] scale: opened python-\d \(1\/1\)/);
    expect(stderr).not.toContain('not shown');
    expect(stderr).toMatch(/\nfunction +metric +value\nscale +factor\{subtask=0\} +10\n/);
    expect(stderr).toMatch(/\nscale +rows\{model=small, mid\} +3\n/);
    expect(stderr).toMatch(
      /\nscale +sizes +3 {2}mean 2 {2}min 1 {2}p50 \S+ {2}p95 \S+ {2}p99 \S+ {2}max 3\n/,
    );
    const lines = (await readFile(metrics, 'utf8')).trim().split('\n');
    const readings = lines.map((line) => JSON.parse(line));
    expect(readings).toContainEqual(
      expect.objectContaining({
        name: 'function.calls',
        labels: expect.objectContaining({ function: 'scale' }),
        value: 3,
      }),
    );
    expect(readings.filter((reading) => reading.function !== undefined)).toMatchObject([
      { final: true, function: 'scale', name: 'factor', kind: 'gauge', subtask: 0, value: 10 },
      { name: 'rows', kind: 'counter', labels: { model: 'small, mid' }, count: 3 },
      { name: 'sizes', kind: 'histogram', count: 3, sum: 6, min: 1, max: 3, mean: 2 },
    ]);
  });

  it('takes metrics with labels of async functions and aggregates', async () => {
    const metrics = join(folder, 'kinds.jsonl');
    const file = join(folder, 'kinds.yaml');
    await writeFile(
      file,
      `functions: { fetched: context_functions.fetched, total: context_functions.total }
sql: SELECT total(fetched(x)) AS total FROM (VALUES (CAST(1 AS BIGINT)), (2), (3)) AS t(x)
`,
    );

    const { code, stderr } = await millstream(['run', file, '--format', 'csv', '--metrics', metrics]);

    expect(code).toBe(0);
    expect(stderr).toMatch(/\nfetched +waits\{host=a\} +3 {2}mean 2 {2}min 1 {2}max 3\n/);
    expect(stderr).toMatch(/\ntotal +added\{of=total\} +3\n/);
    const lines = (await readFile(metrics, 'utf8')).trim().split('\n');
    const readings = lines.map((line) => JSON.parse(line));
    expect(readings.filter((reading) => reading.final && reading.function !== undefined)).toMatchObject([
      { function: 'fetched', name: 'waits', kind: 'distribution', labels: { host: 'a' }, count: 3, sum: 6 },
      { function: 'total', name: 'added', kind: 'counter', labels: { of: 'total' }, count: 3 },
      { function: 'total', name: 'sizes', kind: 'histogram', labels: { of: 'total' }, count: 3, max: 3 },
    ]);
  });

  it('parameters that do not follow the schema of the job file are refused at their place', async () => {
    const file = await job('bad.yaml', 'parameters: { model: small, more: 11 }');

    const { code, stderr } = await millstream(['run', file]);

    expect(code).toBe(2);
    expect(stderr).toContain('`parameters.more` must be <= 10');
    expect(stderr).toContain('  9 | parameters: { model: small, more: 11 }');
  });

  it('a file that is not there is named before anything runs', async () => {
    const sql = "SET 'pipeline.cached-files' = 'name:w,path:nowhere.bin'; SELECT 1";

    const { code, stderr } = await millstream(['run', '-e', sql]);

    expect(code).toBe(2);
    expect(stderr).toContain("CACHED_FILE: The file 'w' of pipeline.cached-files cannot be read: ");
  });
});
