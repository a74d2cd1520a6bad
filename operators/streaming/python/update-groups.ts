/** Groups to the workers of a stage and back: whole groups of a bundle each, all bundles side by side. */
import {
  type AccumulateStream,
  type ColumnValues,
  type OverStream,
  type SchemaRegistry,
  type SqlValue,
  types,
} from '../../../core/index.js';
import type { StageCalls } from '../../stages/stage-calls.js';
import { askPython } from './ask-python.js';
import { divided } from './divided.js';
import type { Accumulators, GroupRows, GroupUpdate, UpdateGroups } from './grouped-rows.js';

/** How the aggregates of a stage are updated by its `calls`, in at most `workers` bundles at a time. */
export function updatesBy(
  stream: AccumulateStream | OverStream,
  calls: Pick<StageCalls, 'call'>,
  workers: number,
  schemas: SchemaRegistry,
): UpdateGroups {
  const values = stream.operator.python.map((call) => call.type);
  const ask = askPython(stream.shipped, [...values, ...values.map(() => types.bytes())], calls, schemas);
  const updated = async (groups: readonly GroupRows[]): Promise<GroupUpdate[]> => {
    const rows = groups.reduce((sum, group) => sum + rowsOf(group), 0);
    const answers = (await ask(rows, shippedColumns(groups, stream)))[Symbol.iterator]();
    return groups.map(({ pieces }) => {
      const own = pieces.map((): readonly SqlValue[] => answers.next().value!.values);
      return {
        values: own.map((row) => row.slice(0, values.length)),
        accumulators: own.at(-1)!.slice(values.length) as unknown as Accumulators,
      };
    });
  };
  return async (groups) => (await Promise.all(divided(groups, workers, rowsOf).map(updated))).flat();
}

function rowsOf({ pieces }: GroupRows): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function shippedColumns(groups: readonly GroupRows[], stream: AccumulateStream | OverStream): ColumnValues[] {
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
