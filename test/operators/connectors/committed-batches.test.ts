import type { RecordsBatch } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { countingBatches } from '../../../operators/connectors/kafka/committed-batches.js';

const batch = (firstOffset: bigint, producerId: bigint, attributes: number, marker?: 0 | 1): RecordsBatch => {
  const key = Buffer.from([0, 0, 0, marker ?? 0]);
  const records = marker === undefined ? [] : [{ key }];
  return { firstOffset, lastOffsetDelta: 0, producerId, attributes, records } as unknown as RecordsBatch;
};
const PLAIN = 0;
const TRANSACTIONAL = 0b1_0000;
const CONTROL = 0b11_0000;

const counting = (batches: readonly RecordsBatch[], aborted: readonly (readonly [bigint, bigint])[]) =>
  [
    ...countingBatches(
      batches,
      aborted.map(([producerId, firstOffset]) => ({ producerId, firstOffset })),
    ),
  ].map(({ firstOffset }) => Number(firstOffset));

it('records of aborted transactions do not count, others of their producer do, and markers never', () => {
  const batches = [
    batch(0n, 7n, TRANSACTIONAL),
    batch(1n, 7n, CONTROL, 1),
    batch(2n, 7n, TRANSACTIONAL),
    batch(3n, 8n, TRANSACTIONAL),
    batch(4n, -1n, PLAIN),
    batch(5n, 7n, CONTROL, 0),
    batch(6n, 7n, TRANSACTIONAL),
  ];

  expect(counting(batches, [[7n, 2n]])).toEqual([0, 3, 4, 6]);
  expect(counting(batches, [])).toEqual([0, 2, 3, 4, 6]);
});

it('a transaction whose marker has not been fetched yet counts as aborted from its beginning on', () => {
  expect(counting([batch(10n, 7n, TRANSACTIONAL), batch(11n, 7n, TRANSACTIONAL)], [[7n, 3n]])).toEqual([]);
});
