/** Runs a simulated job and says which of its promises it broke. */
import { createHash } from 'node:crypto';
import { snapshotText } from '../../support/snapshot-text.js';
import { expectedRows, type SimulatedJob } from './simulated-job.js';
import { WORKER_WINDOW_BYTES } from './simulated-stages.js';

export interface Verdict {
  /** Empty where every promise was kept. */
  readonly broken: readonly string[];
  readonly outcome: string;
  /** Of everything that happened, with its virtual time. */
  readonly digest: string;
}

/** Virtual time of the checkpoints. */
const CHECKPOINTS_MS = [2, 15, 60];
/** Far beyond what any job takes: the job hangs. */
const LONGEST_MS = 60_000;

/** `mayEndWith`: codes of errors that a job may end with; then nothing is shown, and all is closed. */
export async function checkJob(run: SimulatedJob, mayEndWith: readonly string[] = []): Promise<Verdict> {
  const { job, world } = run;
  const broken: string[] = [];
  const checkpoints: Promise<void>[] = [];
  for (const atMs of CHECKPOINTS_MS)
    world.clock.after(atMs, () => {
      const taken = takeCheckpoint(run);
      taken.catch(() => undefined);
      checkpoints.push(taken);
    });
  watchMemory(run, broken);
  let outcome = 'finished';
  try {
    await world.clock.runUntil(job.run(), LONGEST_MS);
    await Promise.allSettled(checkpoints);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    outcome = code ?? message;
    if (!mayEndWith.includes(outcome)) broken.push(`the job ended with: ${message}`);
  }
  if (outcome === 'finished') {
    checkRows(run, broken);
    checkCuts(run, broken);
  } else if (run.commits().length > 0) broken.push(`a job that ended with ${outcome} has shown its rows`);
  checkRestarts(run, broken);
  checkClosed(run, broken);
  return { broken, outcome, digest: createHash('sha256').update(world.trace.join('\n')).digest('hex') };
}

async function takeCheckpoint({ job, cuts, world }: SimulatedJob): Promise<void> {
  if (job.state !== 'running') return;
  const { id, states } = await job.checkpoint();
  world.trace.push(`${world.clock.nowMs().toFixed(3)} checkpoint ${id}`);
  const state = states.get('source');
  if (state != null) cuts.set(id, Number(snapshotText(state)));
}

/** Each row of each path once, in the order of the source, shown in one commit; no row behind its watermark. */
function checkRows({ rows, paths, sink: lastSink, commits, poison }: SimulatedJob, broken: string[]): void {
  const sink = lastSink();
  if (commits().length !== 1) broken.push(`${commits().length} commits`);
  const committed = commits()[0] ?? [];
  let expectedTotal = 0;
  for (const path of paths) {
    const expected = expectedRows(rows, path, poison);
    expectedTotal += expected.length;
    const ofPath = paths.length === 1 ? committed : committed.filter((row) => isOfPath(row, expected));
    const wrong = ofPath.findIndex((row, i) => row !== expected[i]);
    if (wrong >= 0)
      broken.push(`row ${wrong} of path ${path} is ${ofPath[wrong]} instead of ${expected[wrong]}`);
    if (ofPath.length !== expected.length)
      broken.push(`${ofPath.length} of ${expected.length} rows of path ${path}`);
  }
  if (committed.length !== expectedTotal) broken.push(`${committed.length} of ${expectedTotal} rows`);
  let watermark = Number.NEGATIVE_INFINITY;
  for (const element of sink.elements) {
    if (element.kind === 'watermark') watermark = element.timestampMs;
    if (element.kind !== 'rows') continue;
    const late = element.rows.find((row) => Number(row.split(' ')[0]) <= watermark);
    if (late !== undefined) broken.push(`row ${late} came after watermark ${watermark}`);
  }
  if (watermark !== Number.POSITIVE_INFINITY) broken.push(`the last watermark is ${watermark}`);
}

/** The last result says which way a row came. */
function isOfPath(row: string, expected: readonly string[]): boolean {
  const stage = (text: string) => Math.floor(Number(text.slice(text.lastIndexOf(' '))) / 1_000_000);
  return expected.length > 0 && stage(row) === stage(expected[0]!);
}

/** At a barrier the sink has exactly what came of the rows that the source had emitted. */
function checkCuts({ cuts, sink: lastSink, paths, poison }: SimulatedJob, broken: string[]): void {
  const sink = lastSink();
  for (const [id, rowsAtSource] of cuts) {
    const at = sink.elements.findIndex(
      (element) => element.kind === 'barrier' && element.checkpointId === id,
    );
    if (at < 0) {
      broken.push(`checkpoint ${id} never came to the sink`);
      continue;
    }
    const before = sink.elements
      .slice(0, at)
      .reduce((sum, e) => sum + (e.kind === 'rows' ? e.rows.length : 0), 0);
    const expected = paths.reduce((sum, path) => sum + expectedRows(rowsAtSource, path, poison).length, 0);
    if (before !== expected) broken.push(`checkpoint ${id} cuts ${before} rows instead of ${expected}`);
  }
}

/** Relational stages are all of one region, which is run again once. */
function checkRestarts({ world }: SimulatedJob, broken: string[]): void {
  const again = world.trace.filter((line) => line.endsWith(' again')).length;
  if (again > 1) broken.push(`stages were run again ${again} times`);
}

function checkClosed({ open, files, messages, job, world }: SimulatedJob, broken: string[]): void {
  for (const [id, times] of open) if (times !== 0) broken.push(`${id} was closed ${-times} times too often`);
  if (files.open !== 0) broken.push(`${files.open} spill files are left`);
  // The source still holds its own.
  const held = messages.filter(({ holders }) => holders !== 1).length;
  const wasAgain = world.trace.some((line) => line.endsWith(' again'));
  // What an attempt that was given up held is let go of when it is collected as garbage.
  if (job.state === 'finished' && !wasAgain && held > 0)
    broken.push(`${held} messages in shared memory are still held`);
}

/** Looks every five virtual milliseconds at what is between the source and the sink, and in relational workers. */
function watchMemory(run: SimulatedJob, broken: string[]): void {
  const { world, boundBytes, emitted, sink, mostWaiting } = run;
  const look = () => {
    if (['finished', 'failed', 'cancelled'].includes(run.job.state)) return;
    if (boundBytes !== null) {
      const held = emitted
        .filter(({ lastRow }) => lastRow > sink().lastRow)
        .reduce((sum, { bytes }) => sum + bytes, 0);
      if (held > boundBytes)
        return void broken.push(`${held} bytes between source and sink, at most ${boundBytes}`);
    }
    if (mostWaiting() > WORKER_WINDOW_BYTES + MOST_OVERDRAWN_BYTES) {
      return void broken.push(
        `${mostWaiting()} bytes wait in a relational worker that granted ${WORKER_WINDOW_BYTES}`,
      );
    }
    world.clock.after(5, look);
  };
  world.clock.after(0, look);
}

/** A sender may overdraw its credit by one batch. */
const MOST_OVERDRAWN_BYTES = 1_000;
