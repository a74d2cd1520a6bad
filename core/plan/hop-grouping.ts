/** Groups of windows that overlap, where nothing but the windows themselves tells the copies of a row apart. */
import type { Expression } from './expression.js';
import { referencedColumns } from './expression-facts.js';
import type { LogicalPlan, PlanColumn } from './logical-plan.js';
import { type Aggregate, type NamedExpression, projectOf } from './plan-builders.js';
import { aggregateOperands } from './visit-plan.js';
import { windowTimeOf } from './window-edges.js';

/** What a key of such groups is: a moment of the window, or a key by itself. */
export type HopKey = 'start' | 'end' | 'last' | 'own';

/** Rows of `input`, each once, in windows of `size` that begin every `slide`, `offset` after whole numbers of it; milliseconds. */
export interface HopGrouping {
  readonly input: LogicalPlan;
  readonly time: Expression;
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
  /** One for each key of the groups. */
  readonly keys: readonly HopKey[];
}

/**
 * The groups without the copies of their rows, one for each window; null where it is another grouping, or the windows are of
 * local time.
 */
export function hopGroupingOf(node: Aggregate): HopGrouping | null {
  if (windowTimeOf(node.input, node.groups)?.kind !== 'call') return null;
  const rows = rowsOf(node.input);
  if (rows === null) return null;
  const keys = node.groups.map((group) => roleOf(group, rows));
  const operands = node.aggregates.flatMap(aggregateOperands);
  if (keys.includes(null) || operands.some((operand) => roleOf(operand, rows) !== 'own')) return null;
  return { ...rows.series, input: rows.plan, keys: keys as HopKey[] };
}

type Series = Pick<HopGrouping, 'time' | 'size' | 'slide' | 'offset'>;

/** Rows without their windows. */
interface Rows {
  readonly plan: LogicalPlan;
  readonly series: Series;
  /** What columns are that come of the window; null: nothing that a key may be. */
  readonly edges: ReadonlyMap<string, HopKey | null>;
}

function rowsOf(plan: LogicalPlan): Rows | null {
  switch (plan.kind) {
    case 'unnest': {
      const series = plan.outer || plan.withOrdinality ? null : seriesOf(plan.collection);
      return series && { plan: plan.input, series, edges: new Map([[plan.columns.at(-1)!.id, 'start']]) };
    }
    case 'filter': {
      const rows = rowsOf(plan.input);
      if (rows === null || roleOf(plan.predicate, rows) !== 'own') return null;
      return { ...rows, plan: { ...plan, input: rows.plan, columns: rows.plan.columns } };
    }
    case 'project': {
      const rows = rowsOf(plan.input);
      if (rows === null) return null;
      const roles = plan.expressions.map((expression) => roleOf(expression, rows));
      const own: NamedExpression[] = [];
      const edges = new Map(rows.edges);
      plan.columns.forEach((column, i) => {
        if (roles[i] === 'own') own.push({ column, expression: plan.expressions[i]! });
        else edges.set(column.id, roles[i]!);
      });
      return { ...rows, plan: beside(rows.plan, own), edges };
    }
    default:
      return null;
  }
}

/** What an expression over rows is; null: nothing of these. */
function roleOf(expression: Expression, rows: Pick<Rows, 'edges' | 'series'>): HopKey | null {
  const { edges, series } = rows;
  if (![...referencedColumns(expression)].some((id) => edges.has(id))) return 'own';
  if (expression.kind === 'column') return edges.get(expression.id) ?? null;
  const [of, by] = argumentsOf(expression, SHIFTED) ?? [];
  const from = of === undefined ? null : roleOf(of, rows);
  if (from === 'start' && numberOf(by!) === series.size) return 'end';
  return from === 'end' && numberOf(by!) === -1 ? 'last' : null;
}

/** `own` and the columns of `input`, from which the time of a row is computed. */
function beside(input: LogicalPlan, own: readonly NamedExpression[]): LogicalPlan {
  const made = new Set(own.map(({ column }) => column.id));
  const passed = input.columns.filter(({ id }) => !made.has(id));
  return projectOf(
    input,
    [...passed, ...own.map(({ column }) => column)],
    [...passed.map(asExpression), ...own.map(({ expression }) => expression)],
  );
}

function asExpression({ id, type }: PlanColumn): Expression {
  return { kind: 'column', id, type, span: null };
}

/** Of the first moments of the windows of HOP, as `time-window.ts` writes them: CUMULATE has a series of ends. */
function seriesOf(collection: Expression): Series | null {
  const [first, last] = argumentsOf(collection, 'WINDOW_SERIES') ?? [];
  const [time, slide, offset] = argumentsOf(last, 'WINDOW_FLOOR') ?? [];
  const [floor] = argumentsOf(first, SHIFTED) ?? [];
  const [before] = argumentsOf(floor, 'WINDOW_FLOOR') ?? [];
  const [, back] = argumentsOf(before, SHIFTED) ?? [];
  if (time === undefined || back === undefined) return null;
  return { time, size: -numberOf(back), slide: numberOf(slide!), offset: numberOf(offset!) };
}

const SHIFTED = 'DATETIME_INTERVAL +';

function argumentsOf(expression: Expression | undefined, name: string): readonly Expression[] | null {
  return expression?.kind === 'call' && expression.function === name ? expression.arguments : null;
}

function numberOf(literal: Expression): number {
  return literal.kind === 'literal' ? Number(literal.value) : Number.NaN;
}
