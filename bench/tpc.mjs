/** TPC-H and TPC-DS: the engine against plain DuckDB over the same files, with the same memory and threads. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { tsImport } from 'tsx/esm/api';
import { duckDbMemoryLimit } from '../dist/core/resource/worker-minimum.js';
import { execute, openSession, queryRows } from './support/engine.mjs';
import { MOST_OTHER_LOAD, waitUntilQuiet, watchLoad } from './support/load.mjs';
import { BENCH, PYTHON, REPOSITORY } from './support/places.mjs';
import { Reference, spawnPython } from './support/reference.mjs';
import { saveResults } from './support/results.mjs';
import { median, spread } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

const QUERIES = `${REPOSITORY}/test/sql/tpc`;
const RELATIONAL_MEMORY = 2 * 1024 ** 3;
/** Queries with Python functions have several relational stages, which share it. */
const MEMORY_OF_STAGES = 2 * RELATIONAL_MEMORY;
const BAR = 1.15;

const different = new Set();
const { difference } = await tsImport('../test/sql/tpc/compare-rows.ts', import.meta.url);

/** Each query by plain DuckDB and by the engine in turn. @param options `suite`, `scale`, and `rounds` to measure */
export async function benchTpc({ suite, scale, rounds }) {
  const folder = generatedTables(suite, scale);
  const threads = availableParallelism();
  const program = [`${BENCH}/tpc_reference.py`, folder, suite, duckDbMemoryLimit(RELATIONAL_MEMORY), threads];
  const duckDb = new Reference(() => spawnPython(program.map(String), 'pipe'));
  const session = await openTables({ folder, threads, queries: suite, memory: RELATIONAL_MEMORY });
  try {
    const { queries, generated } = await duckDb.next();
    const run = async (name) => {
      const plain = await duckDb.ask({ sql: queries[name] });
      const engine = await queryRows(session, textOf(suite, name));
      checkSame(name, engine.rows, plain.rows);
      const other = generated[name] === undefined ? null : await duckDb.ask({ sql: generated[name] });
      return { first: plain.seconds, second: engine.seconds, generated: other?.seconds ?? null };
    };
    const measured = await inRounds(rounds, Object.keys(queries).sort(), run);
    report({ title: suite, first: 'DuckDB', measured, apart: Object.keys(generated), bar: BAR });
    console.log(saveResults(`${suite}-${scale}`, measured));
  } finally {
    await session.close();
    await duckDb.close();
  }
}

/** TPC-H with Python functions against TPC-H without, both by the engine. */
export async function benchTpchPython({ scale, rounds }) {
  const folder = generatedTables('tpch', scale);
  const threads = availableParallelism();
  const session = await openTables({ folder, threads, queries: 'tpch-python', memory: MEMORY_OF_STAGES });
  try {
    await execute(session, readFileSync(`${QUERIES}/tpch-python/functions.sql`, 'utf8'));
    const run = async (name) => {
      const plain = await queryRows(session, textOf('tpch', name));
      const python = await queryRows(session, textOf('tpch-python', name));
      checkSame(name, python.rows, plain.rows);
      return { first: plain.seconds, second: python.seconds, generated: null };
    };
    const measured = await inRounds(rounds, namesOf('tpch-python'), run);
    report({ title: 'tpch-python', first: 'plain', measured, apart: [], bar: null });
    console.log(saveResults(`tpch-python-${scale}`, measured));
  } finally {
    await session.close();
  }
}

/** The folder of the tables; they are made if they are not there yet. */
function generatedTables(suite, scale) {
  const folder = `${BENCH}/data/${suite}-${scale}`;
  if (!existsSync(`${folder}/answers.json`)) {
    process.stderr.write(`generating ${suite} at scale factor ${scale} …\n`);
    execFileSync(PYTHON, [`${QUERIES}/generate.py`, folder, suite, String(scale)], { stdio: 'inherit' });
  }
  return folder;
}

async function openTables({ folder, threads, queries, memory }) {
  const session = await openSession({
    workers: threads,
    jobFolder: `${QUERIES}/${queries}`,
    configuration: {
      'millstream.relational.memory': `${memory} b`,
      'millstream.relational.threads': String(threads),
    },
  });
  await execute(session, readFileSync(`${folder}/tables.sql`, 'utf8'));
  return session;
}

const textOf = (queries, name) => readFileSync(`${QUERIES}/${queries}/${name}.sql`, 'utf8');

const namesOf = (queries) =>
  readdirSync(`${QUERIES}/${queries}`).flatMap((file) => /^(q\d+)\.sql$/.exec(file)?.[1] ?? []);

/** Tells of rows that differ, once for each query, and goes on: the exit code says that there were some. */
function checkSame(name, given, expected) {
  const found = difference(given, expected);
  if (found === null || different.has(name)) return;
  different.add(name);
  process.stderr.write(`${name} gives other rows: ${found}\n`);
  process.exitCode = 1;
}

/** All queries once to warm up, then all in each round: for each query its measurements and the load beside them. */
async function inRounds(rounds, names, run) {
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    await waitUntilQuiet();
    for (const name of names) {
      const watch = watchLoad();
      const times = await run(name);
      if (round > 0) measured[name].push({ ...times, otherLoad: watch().otherLoad });
    }
    process.stderr.write(round === 0 ? 'warmed up\n' : `round ${round} of ${rounds}\n`);
  }
  return measured;
}

function report({ title, first, measured, apart, bar }) {
  const names = Object.keys(measured);
  const milliseconds = (seconds) => (seconds * 1000).toFixed(0);
  const column = (name, key) => median(measured[name].map((each) => each[key]));
  const rows = names.map((name) => [
    name,
    milliseconds(column(name, 'first')),
    milliseconds(column(name, 'second')),
    (column(name, 'second') / column(name, 'first')).toFixed(2),
    apart.includes(name) ? `generator's text ${milliseconds(column(name, 'generated'))}` : '',
  ]);
  console.log(`\n${title}: milliseconds by query, medians\n`);
  console.log(textTable(['query', first, 'engine', 'ratio', ''], rows));
  const counted = names.filter((name) => !apart.includes(name));
  const total = (key, round) => counted.reduce((sum, name) => sum + measured[name][round][key], 0);
  const ratios = spread(measured[names[0]].map((_, i) => total('second', i) / total('first', i)));
  const busy = names.flatMap((name) => measured[name]).filter((each) => each.otherLoad > MOST_OTHER_LOAD);
  const isMet = ratios.median <= bar ? 'met' : 'NOT MET';
  console.log(
    `\n${counted.length} queries together: ${ratios.median.toFixed(2)} times ${first} ` +
      `(${ratios.low.toFixed(2)} to ${ratios.high.toFixed(2)})${bar === null ? '' : `, bar ${bar}: ${isMet}`}; ` +
      `${busy.length} of ${names.length * measured[names[0]].length} measurements beside other load`,
  );
  if (apart.length > 0) {
    const sum = (key) => apart.reduce((all, name) => all + column(name, key), 0);
    console.log(
      `Flink's arithmetic, ${apart.join(', ')}: the engine takes ${(sum('second') / sum('first')).toFixed(2)} times ` +
        `DuckDB with the same meaning, ${(sum('second') / sum('generated')).toFixed(2)} times the generator's text`,
    );
  }
}
