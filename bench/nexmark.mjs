/** Nexmark: the engine over its generator and over a file, against PyFlink's mini-cluster over the same file. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tsImport } from 'tsx/esm/api';
import { execute, openSession } from './support/engine.mjs';
import { MOST_OTHER_LOAD, waitUntilQuiet, watchLoad } from './support/load.mjs';
import { peerPython } from './support/peer-environments.mjs';
import { BENCH, REPOSITORY } from './support/places.mjs';
import { Reference, spawnPython } from './support/reference.mjs';
import { saveResults } from './support/results.mjs';
import { median } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

const NEXMARK = `${REPOSITORY}/test/nexmark`;
const PLAIN = ['q0', 'q1', 'q4', 'q5', 'q7', 'q8', 'q9', 'q18'];
/** Flink refuses that of q5: it joins no windows whose Python aggregates change. */
const PYTHON = ['q1', 'q4', 'q7', 'q14', 'q21'];
/** Events for each second of event time: less would be mostly windows, more would be few of them. */
const RATE = '10000';
const PARALLELISM = 2;

const { writeEvents } = await tsImport('../test/nexmark/events-file.ts', import.meta.url);
const { PYTHON_FUNCTIONS } = await tsImport('../test/nexmark/results.ts', import.meta.url);

/** Each query in turn by the three. @param options `events`, and `rounds` to measure */
export async function benchNexmark({ events, rounds }) {
  const file = eventsFile(events);
  const flink = flinkProcess(file);
  const session = await openSession({ workers: PARALLELISM, mode: 'streaming', jobFolder: NEXMARK });
  const queries = [
    ...PLAIN.map((query) => ({ name: query, sql: textOf('queries', query) })),
    ...PYTHON.map((query) => ({ name: `${query}_python`, sql: textOf('python', query) })),
  ];
  try {
    await execute(session, PYTHON_FUNCTIONS);
    const measured = queries.map(({ name }) => ({ name, runs: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const [i, query] of queries.entries()) {
        measured[i].runs.push(await measuredOnce(session, flink, { ...query, events, file, round }));
        process.stderr.write(`${query.name} ${round + 1}/${rounds}\n`);
      }
    }
    report(measured, events);
    console.log(saveResults(`nexmark-${events}`, measured));
  } finally {
    await session.close();
    await flink?.close();
  }
}

async function measuredOnce(session, flink, { name, sql, events, file, round }) {
  const engine = async (source) => {
    await makeTables(session, source);
    await waitUntilQuiet();
    const watch = watchLoad();
    const sink = `${name}_${source.kind}_${round}`;
    await execute(session, `CREATE TABLE ${sink} WITH ('connector' = 'blackhole') AS ${sql}`);
    return watch();
  };
  const generated = await engine({ kind: 'generator', events });
  const read = await engine({ kind: 'file', file });
  if (flink === null) return { generated, read, flink: null };
  await waitUntilQuiet();
  const watch = watchLoad();
  const { seconds } = await flink.ask({ name, sql });
  return { generated, read, flink: { ...watch(), seconds } };
}

/** The table and the views of `tables.sql`, over the generator or over the file. */
async function makeTables(session, { kind, events, file }) {
  const tables = readFileSync(`${NEXMARK}/tables.sql`, 'utf8');
  const options =
    kind === 'generator'
      ? `'connector' = 'nexmark', 'first-event.rate' = '${RATE}', 'events.num' = '${events}'`
      : `'connector' = 'filesystem', 'path' = '${file}', 'format' = 'json'`;
  for (const view of ['person', 'auction', 'bid'])
    await execute(session, `DROP TEMPORARY VIEW IF EXISTS ${view}`);
  await execute(session, 'DROP TEMPORARY TABLE IF EXISTS nexmark');
  await execute(session, tables.replace(/'connector' = 'nexmark'[^)]*/, options));
}

function report(measured, events) {
  const rate = ({ seconds }) => events / seconds;
  const rows = measured.map(({ name, runs }) => {
    const of = (get) => median(runs.map(get));
    const hasFlink = runs.every(({ flink }) => flink !== null);
    return [
      name,
      thousands(of(({ generated }) => rate(generated))),
      thousands(of(({ read }) => rate(read))),
      hasFlink ? thousands(of(({ flink }) => rate(flink))) : '–',
      hasFlink ? `${of(({ read, flink }) => flink.seconds / read.seconds).toFixed(2)}×` : '–',
      hasFlink ? `${of(({ read, flink }) => flink.cpuSeconds / read.cpuSeconds).toFixed(2)}×` : '–',
      hasFlink ? `${of(({ generated, flink }) => flink.cpuSeconds / generated.cpuSeconds).toFixed(2)}×` : '–',
    ];
  });
  const headings = ['query', 'generator', 'file', 'Flink, file', 'by time', 'by CPU', 'generator by CPU'];
  console.log(`\nNexmark, ${events} events: thousands of events a second; how much faster than Flink`);
  console.log(textTable(headings, rows));
  const loads = measured.flatMap(({ runs }) => runs.flatMap((run) => Object.values(run)));
  const busy = loads.filter((run) => run !== null && (run.otherLoad ?? 0) > MOST_OTHER_LOAD).length;
  if (busy > 0) console.log(`${busy} of ${loads.length} runs had other load on the machine: compare CPU`);
}

function thousands(value) {
  return (value / 1000).toFixed(0);
}

function textOf(folder, query) {
  return readFileSync(`${NEXMARK}/${folder}/${query}.sql`, 'utf8').trim();
}

function eventsFile(events) {
  const file = `${BENCH}/data/nexmark-${events}.json`;
  if (existsSync(file)) return file;
  process.stderr.write(`generating ${events} events …\n`);
  mkdirSync(`${BENCH}/data`, { recursive: true });
  writeEvents(file, events, RATE);
  return file;
}

/** Null, with a line, where PyFlink cannot be installed or started. */
function flinkProcess(file) {
  try {
    const python = peerPython('flink', ['apache-flink', 'setuptools<81']);
    const files = [`${NEXMARK}/tables.sql`, `${NEXMARK}/functions.py`, file];
    const program = [`${BENCH}/nexmark_flink.py`, ...files, String(PARALLELISM)];
    return new Reference(() => spawnPython(program, 'pipe', python));
  } catch (error) {
    process.stderr.write(`without PyFlink: ${error.message}\n`);
    return null;
  }
}
