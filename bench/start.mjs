/** A job of one row: from starting the command to its first row and to its end, caches of the disk warm. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { interleavedPairs } from './support/pairs.mjs';
import { BENCH, PYTHON, REPOSITORY } from './support/places.mjs';
import { saveResults } from './support/results.mjs';
import { spread } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

const COMMAND = `${REPOSITORY}/dist/cli/main.js`;
const JOBS = [
  {
    name: 'with a Python function',
    barSeconds: 0.8,
    sql: `CREATE TEMPORARY FUNCTION w1 AS 'functions.w1' LANGUAGE PYTHON;
      SELECT w1(x, y) FROM (VALUES (CAST(1 AS DOUBLE), CAST(2 AS DOUBLE))) AS t(x, y)`,
  },
  { name: 'SQL alone', barSeconds: 0.5, sql: 'SELECT 1 AS x' },
];

/** Beside each job, for scale: what the imports of a Python script that uses Arrow and DuckDB take. */
export async function benchStart({ repetitions }) {
  const results = [];
  for (const job of JOBS) results.push({ job: job.name, pairs: await benchJob(job, repetitions) });
  console.log(saveResults('start', results));
}

async function benchJob({ name, barSeconds, sql }, repetitions) {
  const pairs = await interleavedPairs(
    repetitions,
    () => run(PYTHON, ['-c', 'import pyarrow, duckdb; print(1)']),
    () => run(process.execPath, [COMMAND, 'run', '--quiet', '--format', 'csv', '-e', sql]),
  );
  const row = (title, values) => {
    const { median, low, high } = spread(values);
    return [title, `${median.toFixed(2)} s`, `${low.toFixed(2)}–${high.toFixed(2)}`];
  };
  const whole = pairs.map(({ second }) => second.seconds);
  const busy = pairs.filter(({ otherLoad }) => otherLoad > 0.3).length;
  console.log(`\nStart: a job of one row, ${name} (${busy} of ${pairs.length} pairs on a busy machine)\n`);
  console.log(
    textTable(
      ['', 'median', 'quartiles'],
      [
        row(
          'millstream, first row',
          pairs.map(({ second }) => second.firstOutputSeconds),
        ),
        row('millstream, whole process', whole),
        row(
          'python -c "import pyarrow, duckdb"',
          pairs.map(({ first }) => first.seconds),
        ),
      ],
    ),
  );
  const isMet = spread(whole).median < barSeconds;
  console.log(`\nbar: whole process within ${barSeconds} s: ${isMet ? 'met' : 'NOT MET'}`);
  return pairs;
}

async function run(command, args) {
  const start = performance.now();
  const child = spawn(command, args, {
    cwd: BENCH,
    env: { ...process.env, MILLSTREAM_PYTHON: PYTHON },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let firstOutput = null;
  child.stdout.on('data', () => {
    firstOutput ??= performance.now();
  });
  const [code] = await once(child, 'close');
  if (code !== 0 || firstOutput === null) throw new Error(`${command} ended with exit code ${code}`);
  return { firstOutputSeconds: (firstOutput - start) / 1000, seconds: (performance.now() - start) / 1000 };
}
