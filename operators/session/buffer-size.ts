/** How many bytes of batches each exchange and Python stage of a job may hold. */
import { divideExchangeBytes, MIB, type StageGraph } from '../../core/index.js';

/**
 * The share of the exchange memory, or less where that many bytes would only wait.
 * @throws {ResourceError} EXCHANGE_TOO_SMALL
 */
export function bufferSize(
  graph: StageGraph,
  exchangeBytes: number,
  parallelism: number,
  batchRows: number,
): number {
  const bundle = bundleBytes(batchRows);
  return Math.min(
    // One for each function worker and one on its way: more would only wait, in memory that is no longer cached.
    bundle * (parallelism + 1),
    divideExchangeBytes(exchangeBytes, buffersOf(graph), bundle),
  );
}

/** Eight columns of eight bytes. */
const BYTES_PER_ROW = 64;

/** What to expect of a bundle: 8 MiB with the default of 131,072 rows. */
function bundleBytes(batchRows: number): number {
  return Math.max(MIB, batchRows * BYTES_PER_ROW);
}

/** Everything that holds batches: streaming exchanges, and Python stages with bundles in flight. */
function buffersOf(graph: StageGraph): string[] {
  const exchanges = graph.exchanges.filter((exchange) => exchange.mode === 'stream');
  const stages = graph.stages.filter((stage) => stage.kind === 'python');
  return [...exchanges, ...stages].map(({ id }) => id);
}
