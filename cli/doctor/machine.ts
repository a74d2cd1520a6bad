/** Checks of the machine itself. */
import { availableParallelism } from 'node:os';
import { findMemoryFileSystem, LEAST_FREE_BYTES } from '../../bridge/index.js';
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
