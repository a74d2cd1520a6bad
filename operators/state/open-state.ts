/** The state of a job's streaming operators: how long it is kept, and where. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { HeapState } from '../../core/index.js';
import type { Engine } from '../engine.js';
import { openLmdb } from './lmdb-store.js';

/** Makes states; a file of one is removed when it is closed. */
export function openState({
  sizes,
  clock,
  temporaryDirectory,
}: Pick<Engine, 'sizes' | 'clock' | 'temporaryDirectory'>): (snapshot: Uint8Array | null) => HeapState {
  const ttl = { ms: sizes.stateTtlMs, nowMs: () => clock.nowMs() };
  return (snapshot) => {
    const path = join(temporaryDirectory, `state-${randomUUID()}.lmdb`);
    const store = sizes.stateBackend === 'lmdb' ? openLmdb(path) : null;
    return new HeapState(snapshot, ttl, store, sizes.incrementalCheckpoints);
  };
}
