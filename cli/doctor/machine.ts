/** Checks of the machine itself. */
import { availableParallelism, totalmem } from 'node:os';
import { findMemoryFileSystem, LEAST_FREE_BYTES } from '../../bridge/index.js';
import {
  MIN_FUNCTION_WORKER_BYTES,
  MIN_RELATIONAL_WORKER_BYTES,
  MillstreamError,
  memoryTree,
} from '../../core/index.js';
import { bytes } from '../progress/numbers.js';
import { type Finding, ok, problem, warning } from './finding.js';

const LEAST_NODE: readonly [number, number] = [20, 19];
const LITTLE_SHARED_MEMORY = 256 * 1024 * 1024;

/** @param version as `process.versions.node` */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (isRecent) return ok('Node', version);
  return problem('Node', version, `Install Node ${LEAST_NODE.join('.')} or newer.`);
}

export function checkPlatform(platform: string, architecture: string): Finding {
  const text = `${platform} ${architecture}, ${availableParallelism()} cores`;
  if (platform === 'linux') return ok('platform', text);
  if (platform === 'darwin') {
    return warning('platform', text, 'On macOS memory caps are watched, not enforced by the kernel.');
  }
  return problem('platform', text, 'Use Linux or macOS.');
}

/** Memory of the machine, or of the container where that is less, and how a job's is split by default. */
export function checkMemory(): Finding[] {
  const machine = totalmem();
  // Without a limit the kernel reports a number near 2^63.
  const container = process.constrainedMemory() ?? 0;
  const limited = container > 0 && container < machine;
  const text = limited ? `${bytes(container)} (this container), of ${bytes(machine)}` : bytes(machine);
  return [ok('memory', text), checkMemorySplit(limited ? container : machine)];
}

function checkMemorySplit(totalBytes: number): Finding {
  const leastBytes = { relational: MIN_RELATIONAL_WORKER_BYTES, python: MIN_FUNCTION_WORKER_BYTES, state: 0 };
  try {
    const tree = memoryTree({ totalBytes, leastBytes });
    const parts = [
      `relational ${bytes(tree.relational)}`,
      `Python ${bytes(tree.python)}`,
      `exchange ${bytes(tree.exchange)}`,
      `core ${bytes(tree.coreHeap)}`,
      `overhead ${bytes(tree.overhead)}`,
    ];
    return ok('memory split', parts.join(', '));
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    return problem('memory split', error.message, error.hint);
  }
}

/** Where large batches lie between workers. Small in containers by default (64 MB). */
export function checkSharedMemory(found = findMemoryFileSystem()): Finding {
  if (found === null) {
    return warning(
      'shared memory',
      'no tmpfs at /dev/shm; batches are copied through sockets',
      'Mount one for more speed.',
    );
  }
  const text = `${bytes(found.freeBytes)} free at ${found.path}`;
  if (found.freeBytes >= LITTLE_SHARED_MEMORY) return ok('shared memory', text);
  const use =
    found.freeBytes < LEAST_FREE_BYTES ? 'too little; batches are copied through sockets' : 'little';
  return warning('shared memory', `${text}: ${use}`, 'Containers: start with --shm-size=1g.');
}
