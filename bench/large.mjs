/** Data larger than memory: sorting, grouping and joining under a cap of 512 MiB, with what was spilled (large.py). */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { execute, openSession, queryRows } from './support/engine.mjs';
import { peakMemory, resetPeakMemory } from './support/peak-memory.mjs';
import { BENCH, PYTHON } from './support/places.mjs';
import { saveResults } from './support/results.mjs';
import { textTable } from './support/text-table.mjs';

const MIB = 1024 * 1024;
const CAP = 512 * MIB;
const SAMPLE_MS = 50;

/** Each with SQL of `rows`, and what its one row must be; `sort` writes a file instead. */
const CASES = {
  sort: { title: 'ORDER BY of all rows into a file', sql: 'INSERT INTO sorted SELECT * FROM t ORDER BY k' },
  group: {
    title: 'GROUP BY, two rows a group',
    sql: 'SELECT COUNT(*), SUM(c), SUM(total) FROM (SELECT g, COUNT(*) AS c, SUM(v) AS total FROM t GROUP BY g)',
    expected: (rows) => [rows / 2, rows, rows * 499.5],
  },
  join: {
    title: 'join of all rows with half as many',
    sql: 'SELECT COUNT(*), SUM(t.v), SUM(u.w) FROM t JOIN u ON t.g = u.g',
    expected: (rows) => [rows, rows * 499.5, rows * 4.5],
  },
  udaf: {
    title: 'Python aggregate, two rows a group',
    sql: 'SELECT COUNT(*), SUM(s) FROM (SELECT g, w5(v, v) AS s FROM t GROUP BY g)',
    expected: null,
  },
};

/** @param options `sizes`: numbers of rows, in ascending order so that a peak of memory says something about each */
export async function benchLarge({ sizes }) {
  const results = [];
  for (const rows of sizes) {
    const folder = generated(rows);
    for (const name of Object.keys(CASES))
      results.push({ name, rows, ...(await measure(name, rows, folder)) });
  }
  const mebibytes = (bytes) => (bytes === null ? '?' : (bytes / MIB).toFixed(0));
  console.log(
    `\nUnder a cap of ${CAP / MIB} MiB for the relational worker; memory and spilled bytes in MiB, at their peak\n`,
  );
  console.log(
    textTable(
      ['case', '', 'rows', 'seconds', 'worker', 'spilled', 'core'],
      results.map((each) => [
        each.name,
        CASES[each.name].title,
        String(each.rows),
        each.seconds.toFixed(1),
        mebibytes(each.workerPeakBytes),
        mebibytes(each.spilledBytes),
        mebibytes(each.corePeakBytes),
      ]),
    ),
  );
  console.log(`\n${saveResults('large', results)}`);
}

function generated(rows) {
  const folder = `${BENCH}/data/large-${rows}`;
  if (!existsSync(`${folder}/u.parquet`)) {
    process.stderr.write(`generating ${rows} rows …\n`);
    execFileSync(PYTHON, [`${BENCH}/large.py`, 'generate', folder, String(rows)], { stdio: 'inherit' });
  }
  return folder;
}

async function measure(name, rows, folder) {
  const { sql, expected } = CASES[name];
  const spill = `${BENCH}/data/spilled`;
  mkdirSync(spill, { recursive: true });
  const session = await openSession({
    workers: 2,
    // A query with a function has a stage before and one behind it.
    configuration: {
      'millstream.relational.memory': `${name === 'udaf' ? 2 * CAP : CAP} b`,
      'io.tmp.dirs': spill,
    },
  });
  const watch = watchFolder(spill);
  try {
    await execute(session, tables(folder));
    resetPeakMemory();
    const start = performance.now();
    const { rows: found, summary } = await queryRows(session, sql);
    const seconds = (performance.now() - start) / 1000;
    checkResult(
      name,
      name === 'sort' ? [[rowsInOrder(`${folder}/sorted`)]] : found,
      name === 'sort' ? [rows] : expected?.(rows),
    );
    const relational = (summary?.workers ?? []).filter(({ kind }) => kind === 'relational');
    return {
      seconds,
      workerPeakBytes: Math.max(...relational.map(({ peakBytes }) => peakBytes ?? 0)),
      capBytes: relational[0]?.capBytes ?? null,
      spilledBytes: watch(),
      corePeakBytes: peakMemory(),
    };
  } finally {
    watch();
    await session.close();
    rmSync(`${folder}/sorted`, { recursive: true, force: true });
    rmSync(spill, { recursive: true, force: true });
  }
}

function tables(folder) {
  const table = (name, columns, file) =>
    `CREATE TEMPORARY TABLE ${name} (${columns}) WITH ('connector' = 'filesystem', 'path' = '${file}', 'format' = 'parquet');`;
  const columns = 'k BIGINT, g BIGINT, v DOUBLE, s STRING';
  return [
    table('t', columns, `${folder}/t.parquet`),
    table('u', 'g BIGINT, w DOUBLE', `${folder}/u.parquet`),
    table('sorted', columns, `${folder}/sorted`),
    "CREATE TEMPORARY FUNCTION w5 AS 'functions.w5' LANGUAGE PYTHON;",
  ].join('\n');
}

function checkResult(name, [row], expected) {
  if (expected === undefined) return;
  const isRight = expected.every((value, i) => Math.abs(Number(row[i]) - value) <= 1e-6 * value);
  if (!isRight) throw new Error(`${name} gave ${row.join(', ')} instead of ${expected.join(', ')}`);
}

function rowsInOrder(folder) {
  return Number(execFileSync(PYTHON, [`${BENCH}/large.py`, 'check', folder], { encoding: 'utf8' }));
}

/** Looks at what is in a folder again and again; the function returned stops and gives the most bytes that were there. */
function watchFolder(folder) {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, bytesBelow(folder));
  }, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return most;
  };
}

function bytesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true }).reduce(
      (sum, name) => sum + sizeOf(`${folder}/${name}`),
      0,
    );
  } catch {
    return 0;
  }
}

/** Files come and go while they are counted. */
function sizeOf(file) {
  try {
    const found = statSync(file);
    return found.isFile() ? found.blocks * 512 : 0;
  } catch {
    return 0;
  }
}
