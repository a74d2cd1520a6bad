/** Plans of a stream while they are made: their rows carry what kind of change they are and how far time was. */
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type NamedExpression, projectOf } from '../../plan/plan-builders.js';
import type {
  StreamInput,
  StreamOperatorKind,
  StreamOutput,
  StreamSortKey,
} from '../../plan/stream-operator.js';
import { types } from '../../types/types.js';
import type { PlanOptions } from '../plan-options.js';
import { refusal } from '../refuse.js';
import { settled } from './settled.js';

/** A plan whose columns are those of the query and the ones named here. */
export interface Relation {
  readonly plan: LogicalPlan;
  /** Null: insertions only. */
  readonly change: PlanColumn | null;
  /** Null: the rows have no event time. */
  readonly clock: PlanColumn | null;
  /** The order that the rows have when they have all come, by columns of the plan. */
  readonly order: readonly StreamSortKey<string>[];
}

/** What all parts of the planner of streams share. */
export interface StreamContext {
  readonly options: PlanOptions;
  /** What several queries of a statement set read, by `MapCall.sharing`. */
  readonly shared: Map<string, Relation>;
  plan(plan: LogicalPlan): Relation;
}

/** The rows of a plan that says nothing of changes and time. */
export function insertions(plan: LogicalPlan): Relation {
  return { plan, change: null, clock: null, order: [] };
}

/** The columns that a relation has beside those of its query. */
export function hiddenColumns({ plan, change, clock, order }: Relation): PlanColumn[] {
  const own = [change, clock].filter((column) => column !== null);
  const known = new Set(own.map((column) => column.id));
  const keys = order.flatMap(({ column }) => {
    const found = plan.columns.find((candidate) => candidate.id === column)!;
    return known.has(column) ? [] : [found];
  });
  return [...own, ...keys.filter((key, i) => keys.indexOf(key) === i)];
}

/** `expressions` under `columns`, with the hidden columns beside them. */
export function projected(
  relation: Relation,
  columns: readonly PlanColumn[],
  expressions: readonly Expression[],
): Relation {
  const made = new Set(columns.map((column) => column.id));
  const hidden = hiddenColumns(relation).filter((column) => !made.has(column.id));
  const plan = projectOf(
    relation.plan,
    [...columns, ...hidden],
    [...expressions, ...hidden.map((column) => columnOf(column))],
  );
  return { ...relation, plan };
}

/** The relation with a column for each of the expressions, and the ids of those columns. */
export function withOperands(
  context: StreamContext,
  relation: Relation,
  expressions: readonly Expression[],
): { readonly relation: Relation; readonly ids: readonly string[] } {
  const added: NamedExpression[] = [];
  const ids = expressions.map((expression) => {
    if (expression.kind === 'column') return expression.id;
    const column = context.options.ids.column('operand', expression.type);
    added.push({ column, expression });
    return column.id;
  });
  return { relation: settled(context, relation, added), ids };
}

/** What an operator needs to be told of an input. */
export function streamInput({ change, clock }: Relation): StreamInput<string> {
  return { change: change?.id ?? null, clock: clock?.id ?? null };
}

/** A column of the output with what it is. */
export interface MadeColumn {
  readonly column: PlanColumn;
  readonly output: StreamOutput<string>;
}

/** The rows of input `input` as columns of the output. */
export function passedOn(columns: readonly PlanColumn[], input = 0): MadeColumn[] {
  return columns.map((column) => ({ column, output: { kind: 'input', input, column: column.id } }));
}

/** An operator over `inputs`, whose rows may change later where `updates`. */
export function operatorOver(
  context: StreamContext,
  inputs: readonly Relation[],
  operator: StreamOperatorKind<string>,
  made: readonly MadeColumn[],
  updates: boolean,
): Relation {
  const { ids } = context.options;
  const change = updates ? ids.column('change', CHANGE_TYPE) : null;
  const clock = inputs.some((input) => input.clock !== null) ? ids.column('clock', CLOCK_TYPE) : null;
  const hidden: MadeColumn[] = [
    ...(change === null ? [] : [{ column: change, output: { kind: 'change' } } as const]),
    ...(clock === null ? [] : [{ column: clock, output: { kind: 'clock' } } as const]),
  ];
  const all = [...made, ...hidden];
  return {
    plan: {
      kind: 'stream',
      inputs: inputs.map((input) => input.plan),
      operator: { ...operator, inputs: inputs.map(streamInput), outputs: all.map(({ output }) => output) },
      columns: all.map(({ column }) => column),
      span: inputs[0]!.plan.span,
    },
    change,
    clock,
    order: [],
  };
}

export const CHANGE_TYPE = types.notNull(types.tinyint());
export const CLOCK_TYPE = types.bigint();

/** @throws {PlanError} PLAN_STREAMING at the place of `node`. */
export function refuseInStream(
  context: StreamContext,
  what: string,
  node: { readonly span: LogicalPlan['span'] },
  hint = 'For input that ends, use batch mode.',
): never {
  const { sql } = context.options;
  throw refusal(
    'PLAN_STREAMING',
    `${what} is not supported in streaming mode.`,
    { sql, span: node.span },
    hint,
  );
}
