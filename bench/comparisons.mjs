/** The engine against itself: what a chain of functions costs, and columns that no function needs. */
import { createTable } from './cases.mjs';
import { execute, openSession, queryNumber } from './support/engine.mjs';
import { MOST_OTHER_LOAD } from './support/load.mjs';
import { interleavedPairs } from './support/pairs.mjs';
import { generatedFile, generatedWideFile } from './support/reference.mjs';
import { saveResults } from './support/results.mjs';
import { spread } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

const FUNCTIONS = ['w1', 'halve', 'toward_zero', 'square', 'all_three'];
const NAMES_OF_WIDE = ['x', 'y', ...Array.from({ length: 48 }, (_, i) => `c${i + 2}`)];
/** A wide row has 12 times the bytes of another one. */
const ROWS_PER_WIDE_ROW = 8;

/** Three functions in each other against one that calls them: the same calls, one round trip. */
export async function benchChain({ rows, workers, repetitions }) {
  const file = await generatedFile(rows);
  await withSession(workers, async (session) => {
    await execute(session, createTable(file));
    const chain = 'SELECT SUM(square(toward_zero(halve(x)))) FROM t';
    const one = 'SELECT SUM(all_three(x)) FROM t';
    const pairs = await interleavedPairs(
      repetitions,
      () => timed(session, [one]),
      () => timed(session, [chain]),
    );
    report('chain', `square(toward_zero(halve(x))) over ${rows} rows, by one function`, 1.1, pairs);
  });
}

/** A function of 2 of 50 columns: on its way to a sum, and with all columns on their way to a sink. */
export async function benchColumns({ rows, workers, repetitions }) {
  const count = Math.ceil(rows / ROWS_PER_WIDE_ROW);
  const [narrow, wide] = [await generatedFile(count), await generatedWideFile(count)];
  await withSession(workers, async (session) => {
    await execute(session, createTable(narrow) + createWideTables(wide));
    const sum = (table) => `SELECT SUM(w1(x, y)) FROM ${table}`;
    const sink = `INSERT INTO nothing SELECT ${NAMES_OF_WIDE.join(', ')} FROM wide`;
    const both = `INSERT INTO nothing SELECT w1(x, y), ${NAMES_OF_WIDE.slice(1).join(', ')} FROM wide`;
    const read = await interleavedPairs(
      repetitions,
      () => timed(session, [sum('t')]),
      () => timed(session, [sum('wide')]),
    );
    report('columns-read', `SUM(w1(x, y)) over ${count} rows of 50 columns, by 4 columns`, 1.05, read);
    const kept = await interleavedPairs(
      repetitions,
      // In this order: a query of another number of workers than the one before gives them other caps, on both sides once.
      () => timed(session, [sink, sum('t')]),
      () => timed(session, [both]),
    );
    report('columns-kept', `the same with 50 columns to a sink, by function and sink apart`, 1.05, kept);
  });
}

async function withSession(workers, run) {
  const session = await openSession({ workers });
  try {
    await execute(
      session,
      FUNCTIONS.map(
        (name) => `CREATE TEMPORARY FUNCTION ${name} AS 'functions.${name}' LANGUAGE PYTHON;`,
      ).join('\n'),
    );
    await run(session);
  } finally {
    await session.close();
  }
}

function createWideTables(file) {
  const columns = NAMES_OF_WIDE.map((name) => `${name} DOUBLE`).join(', ');
  return `
    CREATE TEMPORARY TABLE wide (${columns})
    WITH ('connector' = 'filesystem', 'path' = '${file}', 'format' = 'parquet');
    CREATE TEMPORARY TABLE nothing (${columns}) WITH ('connector' = 'blackhole');`;
}

async function timed(session, statements) {
  const start = performance.now();
  for (const sql of statements) {
    if (sql.startsWith('SELECT')) await queryNumber(session, sql);
    else await execute(session, sql);
  }
  return { seconds: (performance.now() - start) / 1000 };
}

/** A bar of times is met when the upper quartile meets it. */
function report(name, title, bar, pairs) {
  const ratios = (value) => spread(pairs.map(({ first, second }) => value(second) / value(first)));
  const time = ratios(({ seconds }) => seconds);
  const cpu = ratios(({ cpuSeconds }) => cpuSeconds);
  const busy = pairs.filter(({ otherLoad }) => otherLoad > MOST_OTHER_LOAD).length;
  const row = (label, { median, low, high }) => [
    label,
    `${median.toFixed(2)}×`,
    `${low.toFixed(2)}–${high.toFixed(2)}`,
  ];
  console.log(`\n${name}: ${title} (${busy} of ${pairs.length} pairs on a busy machine)\n`);
  console.log(textTable(['', 'median', 'quartiles'], [row('time', time), row('CPU', cpu)]));
  console.log(`\nbar: at most ${bar}×: ${time.high <= bar ? 'met' : 'NOT MET'}`);
  console.log(saveResults(name, { title, bar, time, cpu, pairs }));
}
