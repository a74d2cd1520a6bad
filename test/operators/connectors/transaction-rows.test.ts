import { expect, it } from 'vitest';
import { TransactionRows } from '../../../operators/connectors/postgres/transaction-rows.js';

it('each row of a transaction is taken once, however often its connection is lost', () => {
  const transaction = new TransactionRows();
  const read = (rows: number) => Array.from({ length: rows }, (_, row) => (transaction.isNew() ? row : null));
  expect(read(3)).toEqual([0, 1, 2]);
  transaction.again();
  expect(read(1)).toEqual([null]);
  transaction.again();
  expect(read(4)).toEqual([null, null, null, 3]);
  transaction.commit();
  expect(read(1)).toEqual([0]);
});
