/** `npm run bench -- …`: reads the arguments and runs what they name (README.md has the method). */
import { parseArgs } from 'node:util';
import { CASES } from './cases.mjs';
import { benchCheckpoint } from './checkpoint.mjs';
import { benchChain, benchColumns } from './comparisons.mjs';
import { benchKinds } from './kinds.mjs';
import { benchLarge } from './large.mjs';
import { benchLatency } from './latency.mjs';
import { benchPeers } from './peers.mjs';
import { benchRoundTrip } from './roundtrip.mjs';
import { benchScaling } from './scaling.mjs';
import { benchStart } from './start.mjs';
import { benchThroughput } from './throughput.mjs';

const USAGE = `Usage: npm run bench -- [w1 … w6] [start] [latency] [checkpoint] [roundtrip] [chain] [columns] [scaling] [kinds]
                           [peers] [tpch] [tpcds] [tpch-python] [large] [nexmark] [flink] [options]

  w1 … w6       workloads against a plain Python loop over the same file (default: all six)
  start         one row, from the command to the end of the process
  latency       datagen at 1,000 rows/s → row function → print
  checkpoint    of the state of a million groups: how long rows wait, and what it costs
  roundtrip     a bundle of one row through a worker and back
  chain         three functions in each other against one that calls them
  columns       a function of 2 of 50 columns, the others unread or on their way to a sink
  scaling       w4 by two workers against one, and the core's processor time for each megabyte
  kinds         CPU per row of each kind of function and each type's conversion
  peers         w1 to w6 by DuckDB, Polars, PySpark and PyFlink, installed on first use
  tpch, tpcds   all queries against plain DuckDB over the same files, with the same memory and threads
  tpch-python   TPC-H with Python functions against TPC-H without
  large         sorting, grouping and joining 2 and 20 million rows under a cap of 512 MiB
  nexmark       streaming queries over generated events and over a file, against PyFlink over the file
  flink         the same job embedded and submitted to a standalone Flink cluster (\`npm run servers\`)

  --rows N,…    rows of the generated files (default 2000000,10000000; of large 2000000,20000000; of nexmark 1000000,
                of flink 500000)
  --workers N,… function workers (default 1,2)
  --pairs N     measured pairs for each median (default 7; of tpch, tpcds, tpch-python, nexmark and flink 3)
  --scale N     scale factor of tpch, tpcds and tpch-python (default 1)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    workers: { type: 'string', default: '1,2' },
    pairs: { type: 'string' },
    scale: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

const OTHERS = {
  start: benchStart,
  latency: benchLatency,
  checkpoint: benchCheckpoint,
  roundtrip: benchRoundTrip,
  chain: benchChain,
  columns: benchColumns,
  scaling: benchScaling,
  kinds: benchKinds,
  peers: benchPeers,
  // They load a compiler, which would count in the core's memory.
  tpch: async (options) => (await import('./tpc.mjs')).benchTpc({ ...options, suite: 'tpch' }),
  tpcds: async (options) => (await import('./tpc.mjs')).benchTpc({ ...options, suite: 'tpcds' }),
  'tpch-python': async (options) => (await import('./tpc.mjs')).benchTpchPython(options),
  large: benchLarge,
  nexmark: async (options) => (await import('./nexmark.mjs')).benchNexmark(options),
  flink: async (options) => (await import('./flink.mjs')).benchFlink(options),
};
const unknown = positionals.filter((name) => !(name in CASES) && !(name in OTHERS));

if (values.help || unknown.length > 0) {
  process.stderr.write(unknown.length > 0 ? `unknown: ${unknown.join(', ')}\n\n${USAGE}` : USAGE);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  const named = positionals.filter((name) => name in CASES);
  const pairs = values.pairs === undefined ? 7 : numbers('pairs')[0];
  const workloads = positionals.length === 0 ? Object.keys(CASES) : named;
  if (workloads.length > 0) {
    await benchThroughput({
      workloads,
      rows: rows([2_000_000, 10_000_000]),
      workers: numbers('workers'),
      pairs,
    });
  }
  const options = {
    repetitions: pairs,
    rounds: values.pairs === undefined ? 3 : pairs,
    scale: Number(values.scale),
    sizes: rows([2_000_000, 20_000_000]),
    rows: rows([2_000_000])[0],
    events: rows([1_000_000])[0],
    flinkRows: rows([500_000])[0],
    workers: Math.max(...numbers('workers')),
  };
  for (const [name, run] of Object.entries(OTHERS)) if (positionals.includes(name)) await run(options);
}

/** Those asked for in ascending order, or what a case takes by itself. */
function rows(usual) {
  return values.rows === undefined ? usual : numbers('rows').sort((a, b) => a - b);
}

function numbers(option) {
  const list = values[option].split(',').map((text) => Number(text.replaceAll('_', '')));
  if (list.every((value) => Number.isInteger(value) && value > 0)) return list;
  throw new Error(`--${option} is '${values[option]}'; expected whole numbers above 0, separated by commas`);
}
