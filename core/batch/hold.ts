/**
 * Who holds a batch whose messages lie in shared memory. On other batches all of this does nothing.
 *
 * - An element of an exchange is held by the exchange, until its consumer asks for the one after it.
 * - So an operator that keeps a batch beyond `processBatch` holds it, and releases it when it is done.
 * - Who emits a batch holds it until `emit` resolves. What workers answer comes held, for whoever receives it.
 * - What is dropped without a release (a failed job) is released when it is collected as garbage.
 */
import type { Batch, ColumnGroup, StreamElement } from './batch.js';

/** One holder more for all groups of an element. */
export function holdElement(element: StreamElement): void {
  if (element.kind === 'batch') holdGroups(element.groups);
}

/** One holder less for all groups of an element. */
export function releaseElement(element: StreamElement): void {
  if (element.kind === 'batch') releaseGroups(element.groups);
}

/** One holder more for each group. */
export function holdGroups(groups: readonly ColumnGroup[]): void {
  for (const { shared } of groups) shared?.hold();
}

/** One holder less for each group. */
export function releaseGroups(groups: readonly ColumnGroup[]): void {
  for (const { shared } of groups) shared?.release();
}

/** The batch with all its messages in the core's own memory: nobody needs to hold it. */
export function loadBatch(batch: Batch): Batch {
  if (batch.groups.every(({ shared }) => shared === null)) return batch;
  return { ...batch, groups: batch.groups.map(loadGroup) };
}

/** The group with its message in the core's own memory. */
export function loadGroup(group: ColumnGroup): ColumnGroup {
  return group.shared === null ? group : { ...group, message: group.shared.read(), shared: null };
}
