/** The `nexmark` connector: the events of an auction site, as the Nexmark benchmark has them. */
import type {
  Clock,
  OperatorSurroundings,
  SourceOperator,
  SourceStage,
  SqlValue,
} from '../../../core/index.js';
import { ofTable } from '../datagen.js';
import { GeneratorSource, type RowGenerator } from '../generator-source.js';
import { nexmarkColumns } from './nexmark-columns.js';
import { nexmarkPlan } from './nexmark-options.js';

/** The source of a nexmark stage; a column may be a field of a row (`bid.price`). */
export function nexmarkSource(stage: SourceStage, job: OperatorSurroundings, clock: Clock): SourceOperator {
  return new GeneratorSource(stage, job, clock, () => nexmarkRows(stage));
}

/** An event follows from its number alone: rows are left out without being made. */
export function nexmarkRows({
  table,
  columns,
  options,
}: Pick<SourceStage, 'table' | 'columns' | 'options'>): RowGenerator {
  const plan = nexmarkPlan(table, options);
  const values = ofTable(table, () => columns.map(nexmarkColumns(plan)));
  let made = 0;
  return {
    rows: plan.events,
    perSecond: plan.isPaced ? plan.rate : Number.POSITIVE_INFINITY,
    next: (count) => {
      const first = made;
      made += count;
      return values.map((value) => {
        const column = new Array<SqlValue>(count);
        for (let i = 0; i < count; i++) column[i] = value(first + i);
        return column;
      });
    },
    skip: (count) => {
      made += count;
    },
  };
}
