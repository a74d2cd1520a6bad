/** Keyed state in a file: LMDB, by its Node package. */
import { rm } from 'node:fs/promises';
import { ResourceError, reasonOf, type StateCodec, type StateStore } from '../../core/index.js';
import { LmdbMap } from './lmdb-map.js';
import { type LmdbRoot, loadLmdb } from './lmdb-package.js';

/** Things at work in memory, of all states of an operator; what is beyond is written to the file. */
const MOST_IN_MEMORY = 16_384;

/**
 * Opens a new file with the first keyed state, and removes it when the store is closed. What is in it is worth nothing after a
 * crash: checkpoints are what lasts. States throw {ResourceError} STATE_FILE.
 */
export function openLmdb(path: string, mostInMemory = MOST_IN_MEMORY): StateStore {
  const told = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw fileError(path, error);
    }
  };
  let root: LmdbRoot | null = null;
  const opened = () =>
    told(() => loadLmdb().open({ path, noSync: true, noSubdir: true, maxDbs: 64, compression: false }));
  const maps: LmdbMap<unknown>[] = [];
  return {
    keyed: <T>(name: string, codec: StateCodec<T>, tracksChanges: boolean) => {
      const file = root ?? opened();
      root = file;
      const database = told(() => file.openDB({ name, encoding: 'binary', keyEncoding: 'binary' }));
      const map = new LmdbMap<T>(database, codec, told, tracksChanges);
      maps.push(map as unknown as LmdbMap<unknown>);
      return map;
    },
    betweenBatches: () => {
      if (maps.reduce((sum, { inMemory }) => sum + inMemory, 0) > mostInMemory)
        for (const map of maps) map.putAway();
    },
    close: async () => {
      if (root === null) return;
      for (const map of maps) map.close();
      await root.close();
      await rm(path, { force: true });
      await rm(`${path}-lock`, { force: true });
    },
  };
}

function fileError(path: string, cause: unknown): ResourceError {
  const reason = reasonOf(cause);
  return new ResourceError('STATE_FILE', `State cannot be kept in ${path}: ${reason}.`, {
    hint: 'Free space there, or name another folder by io.tmp.dirs.',
    cause,
  });
}
