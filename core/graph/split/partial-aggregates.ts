/** Built-in aggregates of all rows of a Python stage, begun in it: it answers with those of each bundle, not with rows. */
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { castTo, columnOf, literalOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type Aggregate, projectOf } from '../../plan/plan-builders.js';
import { isApproximate, isInteger } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import { plainLeaf } from '../assemble/plain-leaf.js';
import { leafOf, type PlannedPartial, type PythonBoundary } from '../boundary.js';
import type { SplitContext } from './split-context.js';

/** Stages whose answers may be divided anyhow. */
const DIVISIBLE: ReadonlySet<PythonBoundary['mode']> = new Set(['scalar', 'filter', 'table']);

/** The node over what the stage makes of each bundle; the node itself where that cannot be. */
export function withPartialAggregates(context: SplitContext, node: Aggregate): LogicalPlan {
  const { mode, aggregatePhases } = context.options;
  if (mode === 'streaming' || aggregatePhases === 'one') return node;
  if (node.groups.length > 0 || node.groupingSets !== null) return node;
  const leaf = plainLeaf(node.input);
  const boundary = leaf === null ? undefined : context.boundaries.get(leaf.key);
  if (leaf === null || boundary?.kind !== 'python' || !isBegun(context, boundary)) return node;
  const results = new Set(boundary.steps.flatMap((step) => step.results.map(({ id }) => id)));
  const sourceOf = (argument: Expression | undefined): string | null => {
    const source = argument?.kind === 'column' ? leaf.sources.get(argument.id) : undefined;
    return source !== undefined && results.has(source) ? source : null;
  };
  if (!node.aggregates.every((aggregate) => isDivisible(aggregate, sourceOf))) return node;
  // Where nobody reads a result, no function need be called.
  if (boundary.mode === 'scalar' && node.aggregates.every(countsRows)) return node;
  return new Halves(context, node, boundary, sourceOf).plan();
}

function isBegun({ options }: SplitContext, { mode, steps }: PythonBoundary): boolean {
  const isAsync = (name: string) => options.functions.declaration(name)?.isAsync === true;
  return DIVISIBLE.has(mode) && !steps.some((step) => isAsync(step.function));
}

const countsRows = ({ function: name, arguments: args }: AggregateCall): boolean =>
  name === 'COUNT' && args.length === 0;

/** One whose parts can be put together to exactly what the whole would be, or, of DOUBLE, to what any order may give. */
function isDivisible(
  aggregate: AggregateCall,
  sourceOf: (argument: Expression | undefined) => string | null,
): boolean {
  const { python, distinct, filter, withinGroup, arguments: args } = aggregate;
  if (python || distinct || filter !== null || withinGroup.length > 0) return false;
  if (countsRows(aggregate)) return true;
  const [argument] = args;
  if (args.length !== 1 || argument === undefined || sourceOf(argument) === null) return false;
  switch (aggregate.function) {
    case 'COUNT':
      return true;
    case 'SUM':
    case 'MIN':
    case 'MAX':
      return isInteger(argument.type) || isApproximate(argument.type);
    case 'AVG':
      return isApproximate(argument.type);
    default:
      return false;
  }
}

/** Both halves of one node. */
class Halves {
  readonly #partials: PlannedPartial[] = [];
  readonly #totals: AggregateCall[] = [];
  readonly #columns: PlanColumn[] = [];

  constructor(
    private readonly context: SplitContext,
    private readonly node: Aggregate,
    private readonly boundary: PythonBoundary,
    private readonly sourceOf: (argument: Expression | undefined) => string | null,
  ) {}

  plan(): LogicalPlan {
    const { context, node, boundary } = this;
    const results = node.aggregates.map((aggregate) => this.#result(aggregate));
    const begun = context.add({
      ...boundary,
      key: context.newKey(),
      columns: this.#partials.map(({ result }) => result),
      partials: this.#partials,
    });
    const total: Aggregate = {
      ...node,
      input: leafOf(begun),
      aggregates: this.#totals,
      columns: this.#columns,
    };
    return projectOf(total, node.columns, results);
  }

  /** What the aggregate is, over the columns of the second half. */
  #result(aggregate: AggregateCall): Expression {
    const { type, arguments: args } = aggregate;
    const source = countsRows(aggregate) ? null : this.sourceOf(args[0]);
    switch (aggregate.function) {
      case 'COUNT':
        return this.#count(source, aggregate);
      case 'AVG': {
        const total = this.#total('SUM', source, types.double(), types.double(), aggregate);
        const count = castTo(this.#count(source, aggregate), types.double());
        const mean = {
          kind: 'call',
          function: '/',
          arguments: [total, count],
          type: types.double(),
        } as const;
        return castTo({ ...mean, span: aggregate.span }, type);
      }
      case 'SUM': {
        const sum = isApproximate(type) ? types.double() : types.bigint();
        return this.#total('SUM', source, sum, type, aggregate);
      }
      default:
        return this.#total(aggregate.function as 'MIN' | 'MAX', source, args[0]!.type, type, aggregate);
    }
  }

  #count(source: string | null, aggregate: AggregateCall): Expression {
    const bigint = types.bigint();
    const total = this.#total('COUNT', source, bigint, bigint, aggregate);
    const zero = literalOf(0, bigint);
    return {
      kind: 'call',
      function: 'COALESCE',
      arguments: [total, zero],
      type: aggregate.type,
      span: aggregate.span,
    };
  }

  /** A column of both halves; counts are put together as sums. */
  #total(
    name: PlannedPartial['function'],
    source: string | null,
    partialType: PlanColumn['type'],
    type: PlanColumn['type'],
    aggregate: AggregateCall,
  ): Expression {
    const { ids } = this.context;
    const result = ids.column(`partial_${name.toLowerCase()}`, { ...partialType, nullable: true });
    const column = ids.column(name.toLowerCase(), { ...type, nullable: true });
    this.#partials.push({ function: name, source, result });
    this.#columns.push(column);
    this.#totals.push({
      ...aggregate,
      function: name === 'COUNT' ? 'SUM' : name,
      arguments: [columnOf(result)],
      argumentNames: [null],
      type: column.type,
    });
    return columnOf(column);
  }
}
