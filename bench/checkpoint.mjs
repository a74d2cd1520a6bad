/** Checkpoints of a grouping with a million keys: how long rows wait for one, and what it costs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeapState, types } from '../dist/core/index.js';
import { checkpointFolder } from '../dist/operators/ports/checkpoint-folder.js';
import { GroupAggregate } from '../dist/operators/streaming/group-aggregate.js';
import { INSERT } from '../dist/operators/streaming/row-function.js';
import { pausesOf } from '../dist/operators/streaming/snapshot-pauses.js';
import { watchLoad } from './support/load.mjs';
import { saveResults } from './support/results.mjs';
import { percentile } from './support/statistics.mjs';

const KEYS = 1_000_000;
const CHECKPOINTS = 21;
/** Rows of random keys between two turns of the event loop, and for each checkpoint. */
const ROWS_PER_TURN = 100;
const ROWS_PER_CHECKPOINT = 20_000;

const CLOCK = { nowMs: () => Date.now(), monotonicNs: () => process.hrtime.bigint() };
const TIMERS = { after: (ms, run) => clearTimeout.bind(null, setTimeout(run, ms)) };
const NOBODY = { emit: () => {}, late: () => {} };

export async function benchCheckpoint() {
  const results = {};
  for (const kind of ['whole', 'incremental']) results[kind] = await measure(kind === 'incremental');
  console.log(
    `\nCheckpoints of ${KEYS.toLocaleString('en')} groups, ${ROWS_PER_CHECKPOINT} rows between two:`,
  );
  for (const [kind, figures] of Object.entries(results)) {
    console.log(`${kind}, other load ${figures.otherLoad?.toFixed(2) ?? '?'}`);
    for (const [name, { low, median, high, most }] of Object.entries(figures.spreads))
      console.log(`  ${name.padEnd(28)} ${[low, median, high, most].map((n) => n.toFixed(1)).join('  ')}`);
  }
  console.log('(lower quartile, median, upper quartile, most)');
  console.log(saveResults('checkpoint', results));
}

async function measure(isIncremental) {
  const folder = mkdtempSync(join(tmpdir(), 'ms-bench-checkpoint-'));
  const state = new HeapState(null, { ms: 0, nowMs: CLOCK.nowMs }, null, isIncremental);
  const rows = new GroupAggregate(
    {
      kind: 'aggregate',
      keys: [0],
      calls: [callOf('COUNT', []), callOf('SUM', [1])],
      windowTime: null,
      inputs: [{ change: null, clock: null }],
      outputs: [],
    },
    state,
  );
  const give = (key) => rows.process([BigInt(key), 1n], INSERT);
  for (let key = 0; key < KEYS; key++) {
    give(key);
    if (key % 8_192 === 0) rows.flush(NOBODY);
  }
  const watch = watchLoad();
  const taken = [];
  for (let id = 1; id <= CHECKPOINTS; id++) taken.push(await checkpoint(id, state, rows, give, folder));
  rmSync(folder, { recursive: true });
  // The first is whole in any case.
  const spreads = {};
  for (const name of Object.keys(taken[0]))
    spreads[name] = spreadOf(taken.slice(1).map((each) => each[name]));
  return { ...watch(), spreads };
}

async function checkpoint(id, state, rows, give, folder) {
  rows.flush(NOBODY);
  const pauses = pausesOf({ clock: CLOCK, timers: TIMERS, signal: new AbortController().signal });
  const begun = { ms: performance.now(), turn: mainThreadMs(), cpu: process.cpuUsage() };
  const { pieces } = state.snapshotInSteps(pauses, { checkpointId: id, isLast: false });
  let bytes = 0;
  let isWritten = false;
  async function* counted() {
    for await (const piece of pieces) {
      bytes += piece.length;
      yield piece;
    }
  }
  const writing = checkpointFolder(folder)
    .write('state', counted())
    .finally(() => {
      isWritten = true;
    });
  let turn = { ms: begun.ms, cpu: begun.turn };
  let longestMs = 0;
  let longestCpuMs = 0;
  for (let left = ROWS_PER_CHECKPOINT; left > 0 || !isWritten; left -= ROWS_PER_TURN) {
    if (left > 0) {
      for (let row = 0; row < ROWS_PER_TURN; row++) give(Math.floor(Math.random() * KEYS));
      rows.flush(NOBODY);
    }
    await sleep(0);
    const now = { ms: performance.now(), cpu: mainThreadMs() };
    longestMs = Math.max(longestMs, now.ms - turn.ms);
    longestCpuMs = Math.max(longestCpuMs, now.cpu - turn.cpu);
    turn = now;
  }
  await writing;
  const { user, system } = process.cpuUsage(begun.cpu);
  state.checkpointCompleted(id);
  return {
    'longest wait of rows, ms': longestMs,
    'of it on the processor, ms': longestCpuMs,
    'processor time, all, ms': (user + system) / 1000,
    'from barrier to file, ms': performance.now() - begun.ms,
    'written, MB': bytes / 1e6,
  };
}

function callOf(name, columns) {
  const type = types.bigint();
  return {
    function: name,
    arguments: columns,
    argumentTypes: columns.map(() => type),
    distinct: false,
    filter: null,
    type,
  };
}

/** Processor time of the thread that runs rows, without those that help it to collect the heap. */
function mainThreadMs() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
}

function spreadOf(values) {
  const [low, median, high, most] = [0.25, 0.5, 0.75, 1].map((share) => percentile(values, share));
  return { low, median, high, most };
}
