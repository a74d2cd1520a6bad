/** By which columns a row of a changelog is found again: a row that comes takes the place of the one with the same values. */
import { isNotNullCheck } from '../functions/builtins/not-null.js';
import { sameType } from '../types/same-type.js';
import { INTEGER_DIGITS, isInteger } from '../types/type-family.js';
import { conjunctsOf, equalSides } from './conjuncts.js';
import type { Expression } from './expression.js';
import { referencedColumns } from './expression-facts.js';
import { expressionKey } from './expression-key.js';
import type { LogicalPlan } from './logical-plan.js';
import { inlined, type Join } from './plan-builders.js';
import { rowNumberBounds } from './row-numbers.js';

type Key = readonly string[];
type IsSeen = (plan: LogicalPlan) => boolean;

/**
 * Each key as ids of columns of the plan, an empty one for a plan of one row; none where no key is known.
 * @param isSeen false for plans, among those that it is made of, whose keys are taken as unknown
 */
export function upsertKeys(plan: LogicalPlan, isSeen: IsSeen = () => true): readonly Key[] {
  if (!isSeen(plan)) return [];
  const keysOf = (input: LogicalPlan) => upsertKeys(input, isSeen);
  switch (plan.kind) {
    case 'scan': {
      const { primaryKey } = plan.table;
      const ids = primaryKey.map((name) => plan.columns.find((column) => column.name === name)?.id);
      return ids.length === 0 || ids.includes(undefined) ? [] : [ids as string[]];
    }
    case 'project':
      return renamed(
        keysOf(plan.input),
        plan.columns.map(({ id }, i) => [sameColumn(plan.expressions[i]!), id] as const),
      );
    case 'filter':
      return rankKeys(plan) ?? keysOf(plan.input);
    case 'watermark':
    case 'sort':
    case 'limit':
      return keysOf(plan.input);
    case 'aggregate':
      return plan.groupingSets === null
        ? [plan.columns.slice(0, plan.groups.length).map(({ id }) => id)]
        : [];
    case 'distinct':
      return [allColumns(plan)];
    case 'set':
      return plan.operator === 'union' && plan.all ? [] : [allColumns(plan)];
    case 'shared':
      return keysOf(inlined(plan));
    case 'join':
      return joinKeys(plan, keysOf);
    case 'temporal_join':
      return keysOf(plan.left);
    case 'lookup_join': {
      const { primaryKey } = plan.table;
      const isUnique =
        primaryKey.length > 0 &&
        isWithin(
          primaryKey,
          plan.keys.map(({ column }) => column),
        );
      return isUnique ? keysOf(plan.input) : [];
    }
    default:
      return [];
  }
}

/** The keys under other ids, where all of their columns have one. */
function renamed(keys: readonly Key[], ids: readonly (readonly [from: string | null, to: string])[]): Key[] {
  const names = new Map(ids.flatMap(([from, to]) => (from === null ? [] : [[from, to] as const])));
  return keys.flatMap((key) => (key.every((id) => names.has(id)) ? [key.map((id) => names.get(id)!)] : []));
}

/** The column whose values the expression gives, each as another one. */
function sameColumn(expression: Expression): string | null {
  if (expression.kind === 'column') return expression.id;
  if (isNotNullCheck(expression)) return sameColumn(expression.arguments[0]!);
  if (expression.kind !== 'cast') return null;
  const [from, to] = [expression.argument.type, expression.type];
  const isWider = isInteger(from) && isInteger(to) && INTEGER_DIGITS[from.kind] <= INTEGER_DIGITS[to.kind];
  return isWider || sameType(from, to, 'ignore') ? sameColumn(expression.argument) : null;
}

/** Of a Top-N: the partition, with the number of the row unless that is always the first. */
function rankKeys(filter: Extract<LogicalPlan, { kind: 'filter' }>): readonly Key[] | null {
  const bounds = rowNumberBounds(filter);
  if (bounds?.isBounded !== true) return null;
  const { project, call, id } = bounds.numbers;
  const columnOf = (expression: Expression) => {
    const text = expressionKey(expression);
    return project.columns[project.expressions.findIndex((other) => expressionKey(other) === text)]?.id;
  };
  const partition = call.partitionBy.map(columnOf);
  if (call.function !== 'ROW_NUMBER' || partition.includes(undefined)) return [];
  const isFirst = bounds.from === 1 && bounds.to === 1;
  return [[...(partition as string[]), ...(isFirst ? [] : [id])]];
}

function joinKeys(join: Join, keysOf: (side: LogicalPlan) => readonly Key[]): readonly Key[] {
  const left = keysOf(join.left);
  if (join.type === 'semi' || join.type === 'anti') return left;
  if (join.type === 'right' || join.type === 'full') return [];
  const right = keysOf(join.right);
  const meetsOne = (side: LogicalPlan, keys: readonly Key[]) => {
    const compared = comparedColumns(join, side);
    return keys.some((key) => isWithin(key, compared));
  };
  if (join.type === 'left') return meetsOne(join.right, right) ? left : [];
  return [
    ...(meetsOne(join.right, right) ? left : []),
    ...(meetsOne(join.left, left) ? right : []),
    ...left.flatMap((a) => right.map((b) => [...a, ...b])),
  ];
}

/** The columns of one side that a row of the other side gives values to. */
function comparedColumns(join: Join, side: LogicalPlan): string[] {
  const own = new Set(allColumns(side));
  const isOwn = (expression: Expression) => [...referencedColumns(expression)].some((id) => own.has(id));
  return conjunctsOf(join.condition)
    .flatMap(equalSides)
    .flatMap(([column, other]) =>
      column.kind === 'column' && own.has(column.id) && !isOwn(other) ? [column.id] : [],
    );
}

function allColumns({ columns }: LogicalPlan): Key {
  return columns.map(({ id }) => id);
}

function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  return part.every((item) => whole.includes(item));
}
