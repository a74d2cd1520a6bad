/** One row through the bridge: a bundle to a function worker and back, one after the other. */
import { Bridge } from '../dist/bridge/index.js';
import { BatchEncoder, SchemaRegistry } from '../dist/core/index.js';
import { watchLoad } from './support/load.mjs';
import { BENCH, PYTHON } from './support/places.mjs';
import { saveResults } from './support/results.mjs';
import { percentile } from './support/statistics.mjs';

const WARM_UP = 200;
const ROUND_TRIPS = 2_000;
const DOUBLE = { kind: 'DOUBLE', nullable: true };

export async function benchRoundTrip() {
  const schemas = new SchemaRegistry();
  const bridge = Bridge.start({
    clock: { monotonicNs: () => process.hrtime.bigint(), nowMs: () => Date.now() },
    timers: {
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    schemas,
    python: PYTHON,
    timeZone: 'UTC',
    onLog: ({ text }) => process.stderr.write(`${text}\n`),
  });
  try {
    const stage = await openStage(bridge);
    const encoder = new BatchEncoder(
      ['x', 'y'].map((name) => ({ name, type: DOUBLE })),
      schemas,
    );
    const bundle = encoder.encode(1, [[1], [2]]);
    const trip = async (sequence) => {
      const start = performance.now();
      await stage.process({ sequence, rows: 1, groups: bundle.groups, continued: false });
      return (performance.now() - start) * 1000;
    };
    for (let i = 0; i < WARM_UP; i++) await trip(i);
    const watch = watchLoad();
    const times = [];
    for (let i = 0; i < ROUND_TRIPS; i++) times.push(await trip(WARM_UP + i));
    const { otherLoad } = watch();
    await stage.close();
    const [p50, p99] = [0.5, 0.99].map((share) => percentile(times, share));
    console.log(`\nRound trip of one row, ${ROUND_TRIPS} times, other load ${otherLoad?.toFixed(2) ?? '?'}:`);
    console.log(`p50 ${p50.toFixed(0)} µs, p99 ${p99.toFixed(0)} µs`);
    console.log(saveResults('roundtrip', { p50, p99, otherLoad }));
  } finally {
    await bridge.close();
  }
}

async function openStage(bridge) {
  const worker = await bridge.startWorker({
    kind: 'function',
    name: 'roundtrip',
    memoryBytes: 512 * 1024 * 1024,
    cpus: null,
    processes: null,
    openFiles: null,
    fileBytes: null,
    workingDirectory: BENCH,
    python: null,
    inherited: null,
    environment: {},
  });
  await worker.loadFunctions([BENCH], [{ name: 'w1', target: 'functions.w1' }]);
  const column = (index) => ({ kind: 'column', column: index });
  return worker.openFunctionStage({
    stage: 'roundtrip',
    mode: 'scalar',
    input: ['x', 'y'].map((name) => ({ name, type: 'DOUBLE' })),
    steps: [
      {
        function: 'w1',
        arguments: [column(0), column(1)],
        argumentNames: [null, null],
        guard: null,
        resultType: 'DOUBLE',
        distinct: false,
        filter: null,
        frame: null,
      },
    ],
    resultSteps: [0],
    resultFields: null,
    rowSelection: true,
    partialAggregates: [],
    outer: false,
    keyColumns: [],
    tagColumn: null,
    passedColumns: [],
    state: null,
    process: null,
    context: {
      jobId: 'roundtrip',
      subtask: 0,
      parallelism: 1,
      attempt: 0,
      jobParameters: {},
      cachedFiles: {},
    },
    overrides: [],
    sharedFolder: BENCH,
    source: null,
  });
}
