/** How small a worker may be, and what DuckDB gets of its worker's cap. */
import { MIB } from './parse-memory.js';

/** A harness with numpy, pandas and pyarrow is 102 MiB resident on a cold start; the rest is room for one bundle. */
export const MIN_FUNCTION_WORKER_BYTES = 128 * MIB;

/** What a relational worker needs beside DuckDB's own memory: interpreter, pyarrow, batches in flight. */
export const RELATIONAL_OVERHEAD_BYTES = 150 * MIB;

/** DuckDB takes more than its `memory_limit`: a limit of 170 MB was 295 MB resident, 350 MB was 494 MB. */
const DUCKDB_SHARE = 0.7;
const MIN_DUCKDB_BYTES = 128 * MIB;

/** The cap at which DuckDB has its least `memory_limit`: 333 MiB. */
export const MIN_RELATIONAL_WORKER_BYTES =
  Math.ceil((RELATIONAL_OVERHEAD_BYTES + MIN_DUCKDB_BYTES / DUCKDB_SHARE) / MIB) * MIB;

/**
 * The least of all, in sessions with little memory. With a `memory_limit` of 32 MiB a GROUP BY over 3 million rows took
 * 28 MiB, and an ORDER BY of them, spilling, all of it.
 */
export const SMALL_RELATIONAL_WORKER_BYTES = 106 * MIB;
const SMALL_DUCKDB_BYTES = 32 * MIB;

/**
 * DuckDB's `memory_limit` in a relational worker with this cap: (cap − 150 MiB) × 0.7; from 333 down to 106 MiB evenly from
 * 128 down to 32 MiB.
 */
export function duckDbMemoryLimit(capBytes: number): number {
  if (capBytes >= MIN_RELATIONAL_WORKER_BYTES) {
    return Math.max(MIN_DUCKDB_BYTES, Math.floor((capBytes - RELATIONAL_OVERHEAD_BYTES) * DUCKDB_SHARE));
  }
  const range = MIN_RELATIONAL_WORKER_BYTES - SMALL_RELATIONAL_WORKER_BYTES;
  const share = Math.max(0, capBytes - SMALL_RELATIONAL_WORKER_BYTES) / range;
  return Math.floor(SMALL_DUCKDB_BYTES + share * (MIN_DUCKDB_BYTES - SMALL_DUCKDB_BYTES));
}
