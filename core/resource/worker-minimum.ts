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

/** DuckDB's `memory_limit` in a relational worker with this cap: (cap − 150 MiB) × 0.7, at least 128 MiB. */
export function duckDbMemoryLimit(capBytes: number): number {
  return Math.max(MIN_DUCKDB_BYTES, Math.floor((capBytes - RELATIONAL_OVERHEAD_BYTES) * DUCKDB_SHARE));
}
