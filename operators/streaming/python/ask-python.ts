/** One bundle of columns that the core made → the rows of its answer. */
import { groupsOf } from '../../../bridge/index.js';
import {
  BatchEncoder,
  batchBytes,
  batchRows,
  type Column,
  type ColumnValues,
  type DataType,
  releaseGroups,
  type SchemaRegistry,
  type SqlValue,
} from '../../../core/index.js';
import type { StageCalls } from '../../stages/stage-calls.js';

/** A row of an answer: the row of the bundle that it belongs to, and its values. */
export interface AnswerRow {
  readonly parent: number;
  readonly values: readonly SqlValue[];
}

export type AskPython = (rows: number, columns: readonly ColumnValues[]) => Promise<AnswerRow[]>;

/** Bundles of the columns `shipped`, answered by columns of the types `answered`. */
export function askPython(
  shipped: readonly Column[],
  answered: readonly DataType[],
  calls: Pick<StageCalls, 'call'>,
  schemas: SchemaRegistry,
): AskPython {
  const encoder = new BatchEncoder(shipped, schemas);
  const answer = {
    columns: answered.map((type, i) => ({ name: `r${i}`, type })),
    groups: [answered.map((_, i) => i)],
  };
  return async (rows, columns) => {
    const batch = encoder.encode(rows, columns);
    const bundle = { rows, groups: batch.groups, continued: false };
    const result = await calls.call(bundle, batchBytes(batch));
    const given: AnswerRow[] = [];
    for (const part of result.batches) {
      const loaded = 'load' in part ? await part.load() : part;
      const groups = groupsOf(loaded);
      const rows = batchRows({ kind: 'batch', rows: loaded.rows, groups, continued: false }, answer, schemas);
      rows.forEach((values, row) => {
        given.push({ parent: loaded.rowSelection?.[row] ?? row, values });
      });
      releaseGroups(groups);
    }
    return given;
  };
}
