/** How much faster two workers are than one, and what the core spends on each further byte that it routes to functions and back. */
import { CASES, createFunctions, createTable } from './cases.mjs';
import { execute, openSession, queryNumber } from './support/engine.mjs';
import { MOST_OTHER_LOAD } from './support/load.mjs';
import { interleavedPairs } from './support/pairs.mjs';
import { generatedFile } from './support/reference.mjs';
import { saveResults } from './support/results.mjs';
import { median, spread } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

const BAR = 1.8;
const CORE_BAR = 0.05;
/** Of a file that is also read for its first fifth alone, so that planning and opening stages cancel out. */
const ROWS = 10_000_000;
const FEWER_ROWS = 2_000_000;
/** Two doubles to the function, one back. */
const BYTES_PER_ROW = 24;
const MEGABYTE = 1e6;
const ON_PAPER = [2, 4, 8];

/** Two sessions are open at once. */
const SHARE = { 'millstream.memory': '4 GiB' };

/** How a function's arguments reach its worker. */
const WAYS = [
  { name: 'read by the worker', configuration: { 'millstream.optimizer.source-fusion': 'ON' } },
  { name: 'shared memory', configuration: { 'millstream.optimizer.source-fusion': 'OFF' } },
  {
    name: 'sockets',
    configuration: {
      'millstream.optimizer.source-fusion': 'OFF',
      'millstream.exchange.shared-memory': 'false',
    },
  },
];

export async function benchScaling({ repetitions }) {
  const files = { all: await generatedFile(ROWS), fewer: await generatedFile(FEWER_ROWS) };
  const results = [];
  for (const way of WAYS) results.push(await measure(way, files, repetitions));
  report(results);
}

async function measure({ name, configuration }, files, repetitions) {
  const one = await openQueries(1, configuration, files);
  const two = await openQueries(2, configuration, files);
  try {
    const pairs = await interleavedPairs(
      repetitions,
      () => one('all'),
      () => two('all'),
    );
    const fewer = [];
    for (let i = 0; i < repetitions; i++) fewer.push(await two('fewer'));
    const [large, small] = [pairs.map(({ second }) => second), fewer].map((runs) =>
      median(runs.map(({ coreSeconds }) => coreSeconds)),
    );
    const megabytes = ((ROWS - FEWER_ROWS) * BYTES_PER_ROW) / MEGABYTE;
    const seconds = median(pairs.map(({ first }) => first.seconds));
    return {
      name,
      speed: spread(pairs.map(({ first, second }) => first.seconds / second.seconds)),
      megabytesPerSecond: (ROWS * BYTES_PER_ROW) / MEGABYTE / seconds,
      coreSecondsPerMegabyte: (large - small) / megabytes,
      busyPairs: pairs.filter(({ otherLoad }) => otherLoad > MOST_OTHER_LOAD).length,
      pairs: pairs.length,
    };
  } finally {
    await one.close();
    await two.close();
  }
}

/** Runs w4 over a file; the figures are of the query alone. */
async function openQueries(workers, configuration, files) {
  const session = await openSession({ workers, configuration: { ...configuration, ...SHARE } });
  await execute(session, createFunctions());
  const query = async (key) => {
    await execute(session, createTable(files[key]));
    const before = process.cpuUsage();
    const { seconds } = await queryNumber(session, CASES.w4.sql);
    const { user, system } = process.cpuUsage(before);
    return { seconds, coreSeconds: (user + system) / 1e6 };
  };
  return Object.assign(query, { close: () => session.close() });
}

function report(results) {
  console.log(
    `\nscaling: w4 over ${ROWS} rows by two workers against one, and the core's processor time for each further\n` +
      'megabyte to the functions and back\n',
  );
  const rows = results.map((r) => [
    r.name,
    `${r.speed.median.toFixed(2)}×`,
    `${r.speed.low.toFixed(2)}–${r.speed.high.toFixed(2)}`,
    `${r.megabytesPerSecond.toFixed(0)} MB/s`,
    percent(r.coreSecondsPerMegabyte * 100),
    ...ON_PAPER.map((workers) => percent(r.coreSecondsPerMegabyte * r.megabytesPerSecond * workers)),
    `${r.busyPairs} of ${r.pairs}`,
  ]);
  const headings = [
    'arguments',
    'speed',
    'quartiles',
    'one worker',
    'core at 100 MB/s',
    ...ON_PAPER.map((workers) => `of ${workers} workers`),
    'busy pairs',
  ];
  console.log(textTable(headings, rows));
  const verdicts = (isMet) => results.map((r) => `${r.name} ${isMet(r) ? 'met' : 'NOT MET'}`).join(', ');
  console.log(`\nbar: two workers at least ${BAR}× one: ${verdicts(({ speed }) => speed.low >= BAR)}`);
  const isLight = ({ coreSecondsPerMegabyte }) => coreSecondsPerMegabyte * 100 <= CORE_BAR;
  console.log(`bar: at most ${percent(CORE_BAR)} of one CPU at 100 MB/s: ${verdicts(isLight)}`);
  console.log(saveResults('scaling', results));
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
