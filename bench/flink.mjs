/** The same job embedded and on a Flink cluster: what it takes to begin, and what its rows take. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tsImport } from 'tsx/esm/api';
import { MOST_OTHER_LOAD, waitUntilQuiet, watchLoad } from './support/load.mjs';
import { peerPython } from './support/peer-environments.mjs';
import { BENCH, REPOSITORY } from './support/places.mjs';
import { saveResults } from './support/results.mjs';
import { median } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

/** Of `functions.py`; Flink's pandas functions are not among them. */
const QUERIES = {
  w1: 'SELECT SUM(w1(x, y)) AS checksum FROM t',
  w3: 'SELECT SUM(CHAR_LENGTH(w3(s))) AS checksum FROM t',
  w6: 'SELECT SUM(n) AS checksum FROM t, LATERAL TABLE(w6(s)) AS u(word, n)',
};
const COMMAND = `${REPOSITORY}/dist/cli/main.js`;

/** After it no other round begins, seconds: a cluster takes its time. */
const LAST_ROUND = 240;
/** Of one job. */
const MOST_SECONDS = 120;
/** A difference below it says nothing, seconds. */
const NOISE = 0.05;

/** Each query over one row and over all, by both in turn. @param options `rows`, and `rounds` to measure */
export async function benchFlink({ flinkRows, rounds }) {
  process.env.MILLSTREAM_PYFLINK ??= peerPython('flink', ['apache-flink', 'setuptools<81']);
  const { missingGateway, startCluster } = await tsImport('../test/flink/cluster.ts', import.meta.url);
  const reason = missingGateway();
  if (reason !== null) throw new Error(reason);
  const files = { one: csvFile(1), all: csvFile(flinkRows) };
  const cluster = await startCluster();
  const submit = ['submit', '--target', 'flink', '--address', cluster.gateway];
  // A figure, so that a job waits for others of this machine instead of making do with what they leave.
  const engines = { embedded: ['run', '-D', 'millstream.memory=4 gb'], cluster: submit };
  const begun = performance.now();
  const measured = Object.keys(QUERIES).map((name) => ({ name, runs: [], repeated: 0 }));
  try {
    // Files, and Flink's classes.
    for (const { name } of measured) {
      await patiently(() => oneRound(name, { one: files.one }, engines), cluster);
      process.stderr.write(`${name} warm\n`);
    }
    for (let round = 0; round < rounds; round++) {
      if (round > 0 && (performance.now() - begun) / 1000 > LAST_ROUND) {
        process.stderr.write(`${round} of ${rounds} rounds: more would take too long\n`);
        break;
      }
      for (const each of measured) {
        const { run, repeated } = await patiently(() => oneRound(each.name, files, engines), cluster);
        each.runs.push(run);
        each.repeated += repeated;
        process.stderr.write(`${each.name} ${round + 1}/${rounds}\n`);
      }
    }
    report(measured, flinkRows);
    console.log(saveResults(`flink-${flinkRows}`, measured));
  } finally {
    cluster.close();
  }
}

/** What failed is measured once more, and told: on a busy machine Flink loses a Python worker now and then. @throws {Error} of the second failure */
async function patiently(measure, cluster) {
  try {
    return { run: await measure(), repeated: 0 };
  } catch (error) {
    process.stderr.write(`${error.message}\n${cluster.complaints()}\nonce more\n`);
    return { run: await measure(), repeated: 1 };
  }
}

async function oneRound(name, files, engines) {
  const run = {};
  for (const [size, file] of Object.entries(files)) {
    const results = [];
    for (const [engine, command] of Object.entries(engines)) {
      await waitUntilQuiet();
      const watch = watchLoad();
      results.push(Number(resultOf(jobText(name, file), command)));
      run[`${engine}_${size}`] = watch();
    }
    const [ours, theirs] = results;
    if (Math.abs(ours - theirs) > 1e-9 * Math.abs(ours)) throw new Error(`${name}: ${ours} and ${theirs}`);
  }
  return run;
}

function jobText(name, file) {
  return `SET 'python.files' = '${BENCH}/functions.py';
    SET 'execution.runtime-mode' = 'batch';
    CREATE TEMPORARY FUNCTION ${name} AS 'functions.${name}' LANGUAGE PYTHON;
    CREATE TEMPORARY TABLE t (x DOUBLE, y DOUBLE, s STRING) WITH ('connector' = 'filesystem', 'path' = '${file}', 'format' = 'csv');
    ${QUERIES[name]};`;
}

function resultOf(sql, command) {
  const args = [COMMAND, ...command, '-e', sql, '--format', 'csv', '--quiet', '-D', 'parallelism.default=2'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: MOST_SECONDS * 1000,
  });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}.\n${stderr}`);
  return stdout.trim().split('\n').at(-1);
}

function report(measured, rows) {
  const table = measured.map(({ name, runs }) => {
    const of = (get) => median(runs.map(get));
    const begins = (engine) => of((run) => run[`${engine}_one`].seconds);
    const goesOn = (engine, what) =>
      of((run) => Math.max(0, run[`${engine}_all`][what] - run[`${engine}_one`][what]));
    return [
      name,
      begins('embedded').toFixed(2),
      begins('cluster').toFixed(2),
      `${(begins('cluster') / begins('embedded')).toFixed(1)}×`,
      goesOn('embedded', 'seconds').toFixed(2),
      goesOn('cluster', 'seconds').toFixed(2),
      times(goesOn('embedded', 'seconds'), goesOn('cluster', 'seconds')),
      times(goesOn('embedded', 'cpuSeconds'), goesOn('cluster', 'cpuSeconds')),
    ];
  });
  const headings = ['', 'one row', 'cluster', '', 'all others', 'cluster', 'by time', 'by CPU'];
  console.log(
    `\nThe same job embedded and on a cluster, ${rows} rows: seconds; how much longer the cluster takes`,
  );
  console.log(textTable(headings, table));
  const repeated = measured.reduce((sum, each) => sum + each.repeated, 0);
  if (repeated > 0) console.log(`${repeated} rounds failed on the cluster and were measured again`);
  const loads = measured.flatMap(({ runs }) => runs.flatMap((run) => Object.values(run)));
  const busy = loads.filter(({ otherLoad }) => (otherLoad ?? 0) > MOST_OTHER_LOAD).length;
  if (busy > 0) console.log(`${busy} of ${loads.length} runs had other load on the machine: compare CPU`);
}

/** How much longer the other one takes, or that it cannot be said. */
function times(one, other) {
  return one < NOISE || other < NOISE ? '–' : `${(other / one).toFixed(1)}×`;
}

/** Numbers and words that are the same in every run. */
function csvFile(rows) {
  const file = `${BENCH}/data/flink-${rows}.csv`;
  if (existsSync(file)) return file;
  mkdirSync(`${BENCH}/data`, { recursive: true });
  let seed = 1;
  const next = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const lines = [];
  for (let row = 0; row < rows; row++) {
    const words = Array.from({ length: 3 }, () => Math.floor(next() * 1e6).toString(36));
    lines.push(`${next()},${next()},${words.join('-')}`);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
