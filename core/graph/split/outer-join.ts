/** Outer joins whose ON calls a Python function over both sides, in terms of inner and anti joins. */
import { conjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import {
  extendedBy,
  filteredBy,
  type Join,
  narrowedTo,
  projectOf,
  type Shared,
} from '../../plan/plan-builders.js';
import type { DataType } from '../../types/data-type.js';
import { withNullable } from '../../types/types.js';
import type { SplitContext } from './split-context.js';

const ROW_NUMBER: DataType = { kind: 'BIGINT', nullable: false };

/**
 * Numbers the rows of the sides that keep theirs, joins on `rest`, keeps the pairs for which `paired` holds,
 * and adds the rows of a kept side whose number is in no pair, padded with NULLs. Each row is called with its
 * candidates once.
 */
export function planOuterJoin(
  context: SplitContext,
  join: Join,
  rest: readonly Expression[],
  paired: readonly Expression[],
): LogicalPlan {
  const left = join.type === 'right' ? null : numbered(context, join.left);
  const right = join.type === 'left' ? null : numbered(context, join.right);
  const [leftRows, rightRows] = [left?.first ?? join.left, right?.first ?? join.right];
  const pairs: LogicalPlan = {
    kind: 'join',
    type: 'inner',
    left: leftRows,
    right: rightRows,
    condition: conjunction(rest),
    columns: [...leftRows.columns, ...rightRows.columns],
    span: join.span,
  };
  const matched = shared(context, filteredBy(pairs, paired));
  const matchedRows = narrowedTo(matched.first, [...join.left.columns, ...join.right.columns]);
  const unmatched = (side: Numbered): LogicalPlan =>
    antiJoin(side, matched.again(), side.number.id, matched.first);
  const branches: LogicalPlan[] = [renamed(context, matchedRows)];
  if (left !== null) branches.push(padded(context, unmatched(left), join, join.left.columns, left));
  if (right !== null) branches.push(padded(context, unmatched(right), join, join.right.columns, right));
  const union = branches.reduce((all, next) => ({
    kind: 'set',
    operator: 'union',
    all: true,
    left: all,
    right: next,
    columns: join.columns.map((column) => context.ids.column(column.name, column.type)),
    span: join.span,
  }));
  return projectOf(
    union,
    join.columns,
    union.columns.map((column) => columnOf(column)),
  );
}

interface SharedPlan {
  /** The first reference, under the ids of the plan itself. */
  readonly first: Shared;
  /** A further reference under new ids, in the same order. */
  again(): Shared;
}

interface Numbered extends SharedPlan {
  readonly number: PlanColumn;
}

function shared(context: SplitContext, input: LogicalPlan): SharedPlan {
  const id = context.ids.fresh('shared');
  const reference = (columns: readonly PlanColumn[]): Shared => ({
    kind: 'shared',
    id,
    input,
    columns,
    span: input.span,
  });
  return {
    first: reference(input.columns),
    again: () => reference(input.columns.map((column) => context.ids.column(column.name, column.type))),
  };
}

function numbered(context: SplitContext, input: LogicalPlan): Numbered {
  const number = context.ids.column('row_number', ROW_NUMBER);
  const expression: Expression = {
    kind: 'window_call',
    function: 'ROW_NUMBER',
    arguments: [],
    partitionBy: [],
    orderBy: [],
    frame: null,
    distinct: false,
    python: null,
    type: ROW_NUMBER,
    span: null,
  };
  return { ...shared(context, extendedBy(input, [{ column: number, expression }])), number };
}

/** Rows of `side` (a new reference) whose number is not in the column `number` of the matched pairs. */
function antiJoin(side: Numbered, matched: Shared, number: string, first: Shared): LogicalPlan {
  const rows = side.again();
  const own = rows.columns.at(-1)!;
  const other = matched.columns[first.columns.findIndex((column) => column.id === number)]!;
  return {
    kind: 'join',
    type: 'anti',
    left: rows,
    right: narrowedTo(matched, [other]),
    condition: predicate('=', [columnOf(own), columnOf(other)]),
    columns: rows.columns,
    span: null,
  };
}

/** `rows` (a reference to a numbered side) as rows of the join: the other side's columns are NULL. */
function padded(
  context: SplitContext,
  rows: LogicalPlan,
  join: Join,
  kept: readonly PlanColumn[],
  side: Numbered,
): LogicalPlan {
  const own = new Map(side.first.columns.map((column, i) => [column.id, rows.columns[i]!]));
  const keptIds = new Set(kept.map((column) => column.id));
  const expressions = join.columns.map((column): Expression => {
    const source = own.get(column.id);
    if (source !== undefined && keptIds.has(column.id)) return columnOf(source);
    return literalOf(null, withNullable(column.type, true));
  });
  const columns = join.columns.map((column) => context.ids.column(column.name, column.type));
  return projectOf(rows, columns, expressions);
}

/** The same rows under new ids, as each branch of a set operation has its own. */
function renamed(context: SplitContext, input: LogicalPlan): LogicalPlan {
  return projectOf(
    input,
    input.columns.map((column) => context.ids.column(column.name, column.type)),
    input.columns.map((column) => columnOf(column)),
  );
}
