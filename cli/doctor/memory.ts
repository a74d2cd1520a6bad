/** What memory there is, who has it, and how the share of the next job would be split. */
import { availableParallelism, totalmem } from 'node:os';
import {
  MIN_FUNCTION_WORKER_BYTES,
  MIN_RELATIONAL_WORKER_BYTES,
  MillstreamError,
  memoryTree,
} from '../../core/index.js';
import { machineMemoryBytes, type RunningJob, shareOfFree } from '../../operators/index.js';
import { bytes } from '../progress/numbers.js';
import { type Finding, ok, problem } from './finding.js';

/** @param jobs those that run now */
export function checkMemory(
  jobs: readonly RunningJob[],
  ceilingBytes = machineMemoryBytes(),
  machineBytes = totalmem(),
): Finding[] {
  const container = ceilingBytes < machineBytes;
  const text = container
    ? `${bytes(ceilingBytes)} (this container), of ${bytes(machineBytes)}`
    : bytes(machineBytes);
  const holders = jobs.flatMap(({ name, pid, grantedBytes }) =>
    grantedBytes === null ? [] : [{ who: `${name} (pid ${pid})`, grantedBytes }],
  );
  const held = holders.reduce((sum, { grantedBytes }) => sum + grantedBytes, 0);
  const freeBytes = Math.max(0, ceilingBytes - held);
  const waiting = jobs.filter(({ grantedBytes }) => grantedBytes === null).length;
  const has = holders.map(({ who, grantedBytes }) => `${who} has ${bytes(grantedBytes)}`);
  const parts = [
    ...has,
    `${bytes(freeBytes)} is free`,
    ...(waiting === 0 ? [] : [`${waiting} wait for theirs`]),
  ];
  return [ok('memory', text), ok('jobs', parts.join(', ')), splitOf(freeBytes, ceilingBytes)];
}

/** The tree of a job without settings that would start now. */
function splitOf(freeBytes: number, ceilingBytes: number): Finding {
  const totalBytes = shareOfFree(freeBytes, ceilingBytes);
  const leastBytes = {
    relational: MIN_RELATIONAL_WORKER_BYTES,
    python: availableParallelism() * MIN_FUNCTION_WORKER_BYTES,
    state: 0,
  };
  try {
    const tree = memoryTree({ totalBytes, leastBytes });
    const parts = [
      `overhead ${bytes(tree.overhead)}`,
      `core ${bytes(tree.coreHeap)}`,
      `exchanges ${bytes(tree.exchange)}`,
      `relational ${bytes(tree.relational)}`,
      `Python ${bytes(tree.python)}`,
    ];
    const wait = totalBytes > freeBytes ? ', once that is free' : '';
    return ok('a job gets', `${bytes(totalBytes)}${wait}: ${parts.join(', ')}`);
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    return problem('a job gets', error.message, error.hint);
  }
}
