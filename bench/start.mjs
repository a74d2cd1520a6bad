/** A job of one row: from starting the command to its first row and to its end, caches of the disk warm. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { interleavedPairs } from './support/pairs.mjs';
import { BENCH, PYTHON, REPOSITORY } from './support/places.mjs';
import { saveResults } from './support/results.mjs';
import { spread } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

const BAR_SECONDS = 1.5;
const SQL = `CREATE TEMPORARY FUNCTION w1 AS 'functions.w1' LANGUAGE PYTHON;
  SELECT w1(x, y) FROM (VALUES (CAST(1 AS DOUBLE), CAST(2 AS DOUBLE))) AS t(x, y)`;

/** Beside it, for scale: what the imports of a Python script that uses Arrow and DuckDB take. */
export async function benchStart({ repetitions }) {
  const pairs = await interleavedPairs(
    repetitions,
    () => run(PYTHON, ['-c', 'import pyarrow, duckdb; print(1)']),
    () =>
      run(process.execPath, [
        `${REPOSITORY}/dist/cli/main.js`,
        'run',
        '--quiet',
        '--format',
        'csv',
        '-e',
        SQL,
      ]),
  );
  const row = (name, values) => {
    const { median, low, high } = spread(values);
    return [name, `${median.toFixed(2)} s`, `${low.toFixed(2)}–${high.toFixed(2)}`];
  };
  const firstRow = pairs.map(({ second }) => second.firstOutputSeconds);
  const busy = pairs.filter(({ otherLoad }) => otherLoad > 0.3).length;
  console.log(`\nStart: a job of one row (${busy} of ${pairs.length} pairs on a busy machine)\n`);
  console.log(
    textTable(
      ['', 'median', 'quartiles'],
      [
        row('millstream, first row', firstRow),
        row(
          'millstream, whole process',
          pairs.map(({ second }) => second.seconds),
        ),
        row(
          'python -c "import pyarrow, duckdb"',
          pairs.map(({ first }) => first.seconds),
        ),
      ],
    ),
  );
  console.log(
    `\nbar: first row within ${BAR_SECONDS} s: ${spread(firstRow).median < BAR_SECONDS ? 'met' : 'NOT MET'}`,
  );
  console.log(saveResults('start', pairs));
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
