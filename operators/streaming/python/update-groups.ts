/** Groups to the workers of a stage and back: whole groups of a bundle each, all bundles side by side. */
import { type BundleResult, groupsOf } from '../../../bridge/index.js';
import {
  BatchEncoder,
  batchBytes,
  type ColumnValues,
  decodeBatch,
  type PythonStream,
  releaseGroups,
  type SchemaRegistry,
  type SqlValue,
  types,
} from '../../../core/index.js';
import type { StageCalls } from '../../stages/stage-calls.js';
import type { Accumulators, GroupRows, GroupUpdate, UpdateGroups } from './grouped-rows.js';

/** Fewer rows are not worth a second worker. */
const LEAST_ROWS = 1_024;

/** How the aggregates of a stage are updated by its `calls`, in at most `workers` bundles at a time. */
export function updatesBy(
  stream: PythonStream,
  calls: Pick<StageCalls, 'call'>,
  workers: number,
  schemas: SchemaRegistry,
): UpdateGroups {
  const encoder = new BatchEncoder(stream.shipped, schemas);
  const values = stream.operator.python.map((call) => call.type);
  const results = [...values, ...values.map(() => types.bytes())];
  const answer = {
    columns: results.map((type, i) => ({ name: `r${i}`, type })),
    groups: [results.map((_, i) => i)],
  };
  const answered = async (result: BundleResult): Promise<SqlValue[][]> => {
    const rows: SqlValue[][] = [];
    for (const part of result.batches) {
      const loaded = 'load' in part ? await part.load() : part;
      const groups = groupsOf(loaded);
      const batch = { kind: 'batch' as const, rows: loaded.rows, groups, continued: false };
      const columns = decodeBatch(batch, answer, schemas);
      for (let row = 0; row < loaded.rows; row++) rows.push(columns.map((column) => column.value(row)));
      releaseGroups(groups);
    }
    return rows;
  };
  const updated = async (groups: readonly GroupRows[]): Promise<GroupUpdate[]> => {
    const { rows, groups: shipped } = encoder.encode(rowsOf(groups), shippedColumns(groups, stream));
    const bundle = { rows, groups: shipped, continued: false };
    const bytes = batchBytes({ kind: 'batch', ...bundle });
    const answers = (await answered(await calls.call(bundle, bytes)))[Symbol.iterator]();
    return groups.map(({ pieces }) => {
      const own = pieces.map((): SqlValue[] => answers.next().value!);
      return {
        values: own.map((row) => row.slice(0, values.length)),
        accumulators: own.at(-1)!.slice(values.length) as unknown as Accumulators,
      };
    });
  };
  return async (groups) => (await Promise.all(divided(groups, workers).map(updated))).flat();
}

/** Neighbouring groups, in at most `parts` parts of about equal rows. */
function divided(groups: readonly GroupRows[], parts: number): GroupRows[][] {
  const wanted = Math.max(LEAST_ROWS, Math.ceil(rowsOf(groups) / parts));
  const divided: GroupRows[][] = [];
  let room = 0;
  for (const group of groups) {
    if (room <= 0) {
      divided.push([]);
      room = wanted;
    }
    divided.at(-1)!.push(group);
    room -= rowsOf([group]);
  }
  return divided;
}

function rowsOf(groups: readonly GroupRows[]): number {
  let rows = 0;
  for (const { pieces } of groups) for (const piece of pieces) rows += piece.length;
  return rows;
}

function shippedColumns(groups: readonly GroupRows[], stream: PythonStream): ColumnValues[] {
  const { state, shipped, copied, counted } = stream;
  const columns: SqlValue[][] = shipped.map(() => []);
  const put = (place: number | null, value: SqlValue) => {
    if (place !== null) columns[place]!.push(value);
  };
  let number = 0;
  for (const { pieces, accumulators } of groups) {
    pieces.forEach((piece, at) => {
      piece.forEach(({ values, retracts, counted: counts }, i) => {
        put(state.group, number);
        put(state.retracts, retracts);
        put(state.continues, at > 0);
        copied.forEach(({ to }, column) => {
          put(to, values[column]!);
        });
        counted.forEach((place, call) => {
          put(place, counts[call]!);
        });
        state.accumulators.forEach((place, call) => {
          put(place, at === 0 && i === 0 ? accumulators[call]! : null);
        });
      });
      number += 1;
    });
  }
  return columns;
}
