/** Shares of the tree divided among those who use them: workers, and the buffers of exchanges. */
import { ResourceError } from '../errors.js';
import { formatMemory, memorySetting } from './parse-memory.js';

export interface WorkerShare {
  readonly workers: number;
  /** Cap of each, the same for all. */
  readonly capBytes: number;
}

/**
 * Divides a share among up to `wanted` workers: fewer where not all would get `leastBytes`.
 * `owner` names who asks, for the error.
 * @throws {ResourceError} MEMORY_TOO_SMALL when not even one fits
 */
export function divideAmongWorkers(
  shareBytes: number,
  wanted: number,
  leastBytes: number,
  owner: string,
): WorkerShare {
  const workers = Math.min(wanted, Math.floor(shareBytes / leastBytes));
  if (workers < 1) {
    throw new ResourceError(
      'MEMORY_TOO_SMALL',
      `${owner} needs ${formatMemory(leastBytes)} for one worker, its share of the memory is ${formatMemory(shareBytes)}.`,
      { hint: `Raise 'millstream.memory', or lower what other parts are given.` },
    );
  }
  return { workers, capBytes: Math.floor(shareBytes / workers) };
}

/**
 * Divides the exchange budget evenly among `users`: each streaming exchange, and each stage that holds batches in
 * flight. Each must hold at least two bundles, so that one is filled while the other is worked on.
 * @throws {ResourceError} EXCHANGE_TOO_SMALL
 */
export function divideExchangeBytes(
  exchangeBytes: number,
  users: readonly string[],
  bundleBytes: number,
): number {
  const each = Math.floor(exchangeBytes / Math.max(1, users.length));
  if (users.length > 0 && each < 2 * bundleBytes) {
    const least = 2 * bundleBytes * users.length;
    throw new ResourceError(
      'EXCHANGE_TOO_SMALL',
      `${users.length} exchanges and stages share ${formatMemory(exchangeBytes)} for batches in flight: ` +
        `${formatMemory(each)} each, but two bundles of ${formatMemory(bundleBytes)} must fit (${users.join(', ')}).`,
      {
        hint: `Set 'millstream.exchange.memory' to ${memorySetting(least)} or more, or lower 'millstream.batch.rows'.`,
      },
    );
  }
  return each;
}
