import { expect, it } from 'vitest';
import {
  BatchEncoder,
  batchBytes,
  decodeRows,
  holdElement,
  loadBatch,
  mergeGroups,
  releaseElement,
  SchemaRegistry,
  types,
} from '../../../core/index.js';
import { shareBatch } from '../../support/shared-batch.js';

const exchange = { columns: [{ name: 'a', type: types.int() }], groups: [[0]] };

function encoded() {
  const schemas = new SchemaRegistry();
  return { schemas, batch: new BatchEncoder(exchange.columns, schemas).encode(3, [[1, 2, 3]]) };
}

it('reads, weighs and merges a batch in shared memory as the same batch in its own', () => {
  const { schemas, batch } = encoded();

  const shared = shareBatch(batch).batch;

  expect(batchBytes(shared)).toBe(batchBytes(batch));
  expect(decodeRows(shared, exchange, schemas)).toEqual([[1], [2], [3]]);
  expect(mergeGroups(shared, exchange, schemas)).toEqual(batch.groups[0]!.message);
});

it('loads a batch into memory of its own, so that it outlives its holders', () => {
  const { schemas, batch } = encoded();
  const { batch: shared } = shareBatch(batch);

  const loaded = loadBatch(shared);
  releaseElement(shared);

  expect(decodeRows(loaded, exchange, schemas)).toEqual([[1], [2], [3]]);
  expect(() => decodeRows(shared, exchange, schemas)).toThrow('nobody holds it');
});

it('leaves a batch that lies in no shared memory as it is', () => {
  const { batch } = encoded();

  expect(loadBatch(batch)).toBe(batch);
});

it('counts holders for each group of an element', () => {
  const { batch, messages } = shareBatch(encoded().batch);

  holdElement(batch);
  holdElement({ kind: 'end' });
  expect(messages[0]!.holders).toBe(2);
  releaseElement(batch);
  releaseElement({ kind: 'end' });
  expect(messages[0]!.holders).toBe(1);
});
