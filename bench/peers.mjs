/** `npm run bench -- peers`: the same functions over the same file by other systems, each against the plain loop. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { CASES, createFunctions, createTable } from './cases.mjs';
import { execute, openSession, queryNumber } from './support/engine.mjs';
import { MOST_OTHER_LOAD } from './support/load.mjs';
import { interleavedPairs } from './support/pairs.mjs';
import { peerChart } from './support/peer-chart.mjs';
import { peerPython } from './support/peer-environments.mjs';
import { BENCH, REPOSITORY } from './support/places.mjs';
import { generatedFile, Reference } from './support/reference.mjs';
import { saveResults } from './support/results.mjs';
import { median, spread } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

/** Of aggregates and table functions in Python DuckDB has none. */
const SCALAR = ['w1', 'w2', 'w3', 'w4'];
const ALL = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'];
const MOST_RELATIVE_ERROR = 1e-9;
/** A system that is slow has fewer pairs of a workload, two at least. */
const PATIENCE_SECONDS = 30;
const CHART = `${REPOSITORY}/docs/peers.svg`;

const SPARK = {
  environment: 'spark',
  packages: ['pyspark', 'pandas', 'pyarrow', 'numpy'],
  script: 'spark_udf.py',
};
/** Packages of the environment, the script and its argument, and the workloads that suit the variant. */
const PEERS = [
  {
    name: 'DuckDB, same process',
    environment: 'duckdb',
    packages: ['duckdb', 'pyarrow', 'numpy', 'pytz'],
    script: 'duckdb_udf.py',
    workloads: SCALAR,
  },
  {
    name: 'Polars, same process',
    environment: 'polars',
    packages: ['polars', 'pyarrow', 'numpy'],
    script: 'polars_udf.py',
    workloads: ALL,
  },
  { ...SPARK, name: 'PySpark', argument: 'plain', workloads: ['w1', 'w3', 'w6'] },
  { ...SPARK, name: 'PySpark, Arrow', argument: 'arrow', workloads: ['w1', 'w3', 'w6'] },
  { ...SPARK, name: 'PySpark, pandas', argument: 'pandas', workloads: ['w2', 'w4', 'w5'] },
  { ...SPARK, name: 'PySpark, mapInArrow', argument: 'map_in_arrow', workloads: ['w1', 'w2', 'w4'] },
  {
    name: 'PyFlink',
    environment: 'flink',
    packages: ['apache-flink', 'setuptools<81'],
    script: 'flink_udf.py',
    workloads: ALL,
  },
];

/** Each system runs alone beside the loop; one that cannot be installed or fails is left out with a line. */
export async function benchPeers({ rows, workers, repetitions }) {
  const file = await generatedFile(rows);
  const reference = new Reference();
  const results = [];
  const measureAll = async (name, workloads, run) => {
    for (const workload of workloads) {
      try {
        results.push(await measure({ name, workload, file, repetitions, reference, run }));
      } catch (error) {
        process.stderr.write(`${name}, ${workload}: left out, ${error.message}\n`);
      }
    }
  };
  try {
    await withEngine(workers, file, (run) => measureAll('Millstream', ALL, run));
    for (const peer of PEERS) await withPeer(peer, (run) => measureAll(peer.name, peer.workloads, run));
  } finally {
    await reference.close();
  }
  report(results, rows);
}

async function withEngine(workers, file, use) {
  const session = await openSession({ workers });
  try {
    await execute(session, createFunctions());
    await execute(session, createTable(file));
    await use(async (workload) => {
      const { value, seconds } = await queryNumber(session, CASES[workload].sql);
      return { seconds, checksum: value };
    });
  } finally {
    await session.close();
  }
}

async function withPeer({ name, environment, packages, script, argument }, use) {
  let peer = null;
  try {
    const python = peerPython(environment, packages);
    peer = new Reference(() => startPeer(python, script, argument));
    await use((workload, file) => peer.run(workload, file));
  } catch (error) {
    process.stderr.write(`${name}: left out, ${error.message}\n`);
  } finally {
    await peer?.close();
  }
}

function startPeer(python, script, argument) {
  const args = [`${BENCH}/peers/${script}`, ...(argument === undefined ? [] : [argument])];
  return spawn(python, args, {
    cwd: BENCH,
    // Their workers import the functions by name.
    env: { ...process.env, PYTHONPATH: `${BENCH}:${REPOSITORY}/python-udf` },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

async function measure({ name, workload, file, repetitions, reference, run }) {
  let expected = null;
  const loop = async () => {
    const { seconds, checksum } = await reference.run(workload, file);
    expected = checksum;
    return { seconds };
  };
  const other = async () => {
    const { seconds, checksum } = await run(workload, file);
    if (!(Math.abs(checksum - expected) <= MOST_RELATIVE_ERROR * Math.max(1, Math.abs(expected))))
      throw new Error(`its checksum is ${checksum}, the loop's ${expected}`);
    return { seconds };
  };
  // Once more than `interleavedPairs` warms up: virtual machines compile what ran often.
  await loop();
  const { seconds } = await other();
  const count = Math.max(2, Math.min(repetitions, Math.floor(PATIENCE_SECONDS / seconds)));
  const pairs = await interleavedPairs(count, loop, other);
  const speed = spread(pairs.map(({ first, second }) => first.seconds / second.seconds));
  const result = {
    name,
    workload,
    speed,
    loopSeconds: median(pairs.map(({ first }) => first.seconds)),
    seconds: median(pairs.map(({ second }) => second.seconds)),
    cpuRatio: median(pairs.map(({ first, second }) => second.cpuSeconds / first.cpuSeconds)),
    busyPairs: pairs.filter(({ otherLoad }) => otherLoad > MOST_OTHER_LOAD).length,
    pairs: pairs.length,
  };
  process.stderr.write(`${name}, ${workload}: ${speed.median.toFixed(3)}× of the loop's speed\n`);
  return result;
}

function report(results, rows) {
  console.log(`\nSpeed as a multiple of the plain loop's over ${rows} rows, each system beside it.\n`);
  const engine = new Map(results.filter(isOurs).map(({ workload, speed }) => [workload, speed.median]));
  const cells = results.map((result) => [
    result.workload,
    result.name,
    result.seconds.toFixed(3),
    `${times(result.speed.median)}`,
    `${times(result.speed.low)}–${times(result.speed.high)}`,
    `${result.cpuRatio.toFixed(1)}×`,
    isOurs(result) ? '' : `${times(engine.get(result.workload) / result.speed.median)}`,
    `${result.busyPairs} of ${result.pairs}`,
  ]);
  const byWorkload = cells.sort(([a], [b]) => a.localeCompare(b));
  const headings = ['case', 'system', 'seconds', 'speed', 'quartiles', 'CPU', 'Millstream is', 'busy pairs'];
  console.log(textTable(headings, byWorkload));
  writeFileSync(CHART, peerChart({ results, rows, titles: CASES, date: new Date() }));
  console.log(`\n${CHART}\n${saveResults('peers', results)}`);
}

function isOurs({ name }) {
  return name === 'Millstream';
}

function times(ratio) {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2)}×`;
}
