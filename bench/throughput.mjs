/** The workloads of cases.mjs: the engine against the plain loop over the same file, as a ratio of their speeds. */
import { CASES, createFunctions, createTable } from './cases.mjs';
import { execute, openSession, queryNumber } from './support/engine.mjs';
import { MOST_OTHER_LOAD } from './support/load.mjs';
import { interleavedPairs } from './support/pairs.mjs';
import { peakMemory, resetPeakMemory } from './support/peak-memory.mjs';
import { generatedFile, Reference } from './support/reference.mjs';
import { saveResults } from './support/results.mjs';
import { median, spread } from './support/statistics.mjs';
import { textTable } from './support/text-table.mjs';

const MOST_RELATIVE_ERROR = 1e-9;
const MIB = 1024 * 1024;
/** From so many rows on the bars hold. */
const BAR_ROWS = 10_000_000;

/** @param options lists of `workloads`, `rows` and `workers`, and the number of `pairs` */
export async function benchThroughput({ workloads, rows, workers, pairs }) {
  const files = new Map();
  // Ascending, so that a peak of memory says something about the rows it was reached with.
  for (const count of [...rows].sort((a, b) => a - b)) files.set(count, await generatedFile(count));
  const reference = new Reference();
  const results = [];
  try {
    for (const workerCount of workers) {
      const session = await openSession({ workers: workerCount });
      try {
        await execute(session, createFunctions());
        for (const workload of workloads) {
          for (const [count, file] of files) {
            await execute(session, createTable(file));
            const workers = workerCount;
            const result = await measure({ session, reference, workload, file, rows: count, workers, pairs });
            results.push({ workload, rows: count, workers, ...result });
            process.stderr.write(`${describe(results.at(-1))}\n`);
          }
        }
      } finally {
        await session.close();
      }
    }
  } finally {
    await reference.close();
  }
  report(results);
}

async function measure({ session, reference, workload, file, rows, workers, pairs }) {
  const { sql, bars } = CASES[workload];
  const bar = rows >= BAR_ROWS ? (bars[workers] ?? null) : null;
  let expected = null;
  const loop = async () => {
    const { seconds, checksum } = await reference.run(workload, file);
    expected = checksum;
    return { seconds };
  };
  const engine = async () => {
    const { value, seconds, summary } = await queryNumber(session, sql);
    checkEqual(workload, value, expected);
    return { seconds, summary };
  };
  resetPeakMemory();
  const measured = await interleavedPairs(pairs, loop, engine);
  const speed = spread(measured.map(({ first, second }) => first.seconds / second.seconds));
  const busy = measured.filter(({ otherLoad }) => otherLoad > MOST_OTHER_LOAD).length;
  return {
    speed,
    bar,
    isMet: bar === null ? null : speed.low >= bar,
    busyPairs: busy,
    loopSeconds: median(measured.map(({ first }) => first.seconds)),
    engineSeconds: median(measured.map(({ second }) => second.seconds)),
    cpuRatio: median(measured.map(({ first, second }) => second.cpuSeconds / first.cpuSeconds)),
    corePeakBytes: peakMemory(),
    workerPeaks: measured.at(-1).second.summary.workers,
    functions: measured.at(-1).second.summary.functions,
    pairs: measured.map(({ first, second, otherLoad }) => ({
      loopSeconds: first.seconds,
      loopCpuSeconds: first.cpuSeconds,
      engineSeconds: second.seconds,
      engineCpuSeconds: second.cpuSeconds,
      otherLoad,
    })),
  };
}

function checkEqual(workload, value, expected) {
  const error = Math.abs(value - expected) / Math.max(1, Math.abs(expected));
  if (!(error <= MOST_RELATIVE_ERROR)) {
    throw new Error(`${workload}: the engine's checksum is ${value}, the loop's ${expected}`);
  }
}

function describe({ workload, rows, workers, speed, loopSeconds, engineSeconds, busyPairs, pairs }) {
  const busy = busyPairs === 0 ? '' : `, ${busyPairs} of ${pairs.length} pairs on a busy machine`;
  const seconds = `${engineSeconds.toFixed(3)} s against ${loopSeconds.toFixed(3)} s`;
  return `${workload} ${rows} rows, ${workers} workers: ${speed.median.toFixed(2)}× (${seconds}${busy})`;
}

function report(results) {
  const speeds = results.map((r) => [
    r.workload,
    CASES[r.workload].title,
    String(r.rows),
    String(r.workers),
    r.loopSeconds.toFixed(3),
    r.engineSeconds.toFixed(3),
    `${r.speed.median.toFixed(2)}×`,
    `${r.speed.low.toFixed(2)}–${r.speed.high.toFixed(2)}`,
    r.bar === null ? '-' : `≥ ${r.bar}`,
    r.isMet === null ? '-' : r.isMet ? 'met' : 'NOT MET',
    `${r.cpuRatio.toFixed(2)}×`,
    `${r.busyPairs} of ${r.pairs.length}`,
  ]);
  const headings = [
    'case',
    '',
    'rows',
    'workers',
    'loop s',
    'engine s',
    'speed',
    'quartiles',
    'bar',
    '',
    'CPU',
    'busy pairs',
  ];
  console.log(
    `\nSpeed as a multiple of the plain loop's (above 1: faster than it); CPU as a multiple of the loop's.\n`,
  );
  console.log(textTable(headings, speeds));
  const peaks = results.map((r) => [
    r.workload,
    String(r.rows),
    String(r.workers),
    mebibytes(r.corePeakBytes),
    r.workerPeaks
      .map(({ name, peakBytes }) => `${name} ${peakBytes === null ? '?' : mebibytes(peakBytes)}`)
      .join(', '),
  ]);
  console.log(
    '\nPeak memory in MiB: resident for the core, charged against the cap for each worker since its start.\n',
  );
  console.log(textTable(['case', 'rows', 'workers', 'core', 'workers'], peaks));
  console.log(`\n${saveResults('throughput', results)}`);
}

function mebibytes(bytes) {
  return String(Math.round(bytes / MIB));
}
