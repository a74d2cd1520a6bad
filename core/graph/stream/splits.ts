/** Which split of its table a row is of: partitions of a topic, whose rows are in order each, but not together. */
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { types } from '../../types/types.js';
import type { StreamContext } from './relation.js';

/** The column of a source stage that its connector fills with the split of each row, as `packedSplit`. */
export const SPLIT_COLUMN = '$split';

const SPLIT_TYPE = types.notNull(types.bigint());
const COUNT_BITS = 32n;

/** A split by its number, and how many there are now. */
export function packedSplit(index: number, count: number): bigint {
  return (BigInt(count) << COUNT_BITS) | BigInt(index);
}

/** The two of `packedSplit`. */
export function unpackedSplit(packed: bigint): { readonly index: number; readonly count: number } {
  return { index: Number(BigInt.asUintN(32, packed)), count: Number(packed >> COUNT_BITS) };
}

/** The plan of a table with its splits in the column `split`; null where it has none. */
export function withSplits(
  context: StreamContext,
  plan: LogicalPlan,
): { readonly plan: LogicalPlan; readonly split: PlanColumn } | null {
  switch (plan.kind) {
    case 'scan': {
      const { table } = plan;
      if (context.options.connectors.get(table.connector)?.hasSplits !== true) return null;
      const split = context.options.ids.column(SPLIT_COLUMN, SPLIT_TYPE);
      const declared = { name: SPLIT_COLUMN, type: SPLIT_TYPE, metadata: SPLIT_COLUMN };
      const columns = [...plan.columns, split];
      return {
        plan: { ...plan, table: { ...table, columns: [...table.columns, declared] }, columns },
        split,
      };
    }
    case 'project': {
      const input = withSplits(context, plan.input);
      if (input === null) return null;
      const columns = [...plan.columns, input.split];
      const expressions = [...plan.expressions, columnOf(input.split)];
      return { plan: { ...plan, input: input.plan, columns, expressions }, split: input.split };
    }
    case 'filter': {
      const input = withSplits(context, plan.input);
      return (
        input && { plan: { ...plan, input: input.plan, columns: input.plan.columns }, split: input.split }
      );
    }
    default:
      return null;
  }
}
