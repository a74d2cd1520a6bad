/** What of a fetched partition is no part of a transaction that was aborted, and what is no data at all. */
import type { RecordsBatch } from '@platformatic/kafka';

const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b10_0000;
/** In the key of a control record, behind its version. */
const ABORT = 0;

/** A transaction that was aborted, as the broker names it. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/**
 * The batches whose records count. The marker that ends an aborted transaction may come with a later fetch: until then all that its
 * producer writes belongs to it. `aborted` is empty where uncommitted records are read.
 */
export function countingBatches(
  batches: readonly RecordsBatch[],
  aborted: readonly AbortedTransaction[],
): ReadonlySet<RecordsBatch> {
  const begun = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const open = new Set<bigint>();
  const counting = new Set<RecordsBatch>();
  for (const batch of batches) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (begun[0] !== undefined && begun[0].firstOffset <= last) open.add(begun.shift()!.producerId);
    if ((batch.attributes & CONTROL) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) open.delete(batch.producerId);
    } else if ((batch.attributes & TRANSACTIONAL) === 0 || !open.has(batch.producerId)) {
      counting.add(batch);
    }
  }
  return counting;
}
