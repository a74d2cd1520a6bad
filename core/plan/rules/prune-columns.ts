/** Drops columns that nobody reads, so that they are neither scanned, computed nor shipped. */
import type { ColumnIds } from '../column-ids.js';
import type { Expression } from '../expression.js';
import { trueLiteral } from '../expression-builders.js';
import { callsPython, referencedColumns } from '../expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../logical-plan.js';
import { type Aggregate, idsOf, narrowedTo, type Project, projectOf, type Shared } from '../plan-builders.js';
import { mapOperands } from '../visit-expression.js';
import { aggregateOperands, expressionsOf, mapExpressions, mapInputs, somePlan } from '../visit-plan.js';
import type { Rule } from './rule.js';

/** Keeps the plan's own columns and what they need; Python calls whose results nobody reads are not made. */
export const pruneColumns: Rule = {
  name: 'prune-columns',
  apply: (plan, ids) => pruneAll([plan], ids)[0]!,
};

/** Plans that are run together, as `pruneColumns`: what they share keeps the columns that any of them reads. */
export function pruneAll(plans: readonly LogicalPlan[], ids: ColumnIds): LogicalPlan[] {
  const needs = plans.map((plan) => idsOf(plan.columns));
  if (!plans.some(hasShared)) return plans.map((plan, i) => new Pruner(ids, null).prune(plan, needs[i]!));
  const collecting = new Pruner(ids, null);
  plans.forEach((plan, i) => {
    collecting.prune(plan, needs[i]!);
  });
  const pruning = new Pruner(ids, collecting.sharedUses);
  return plans.map((plan, i) => pruning.prune(plan, needs[i]!));
}

/**
 * The plan without the columns outside `needed`, as far as its rows allow: DISTINCT and set operations keep
 * theirs. At least one column stays.
 */
export function pruneTo(plan: LogicalPlan, needed: ReadonlySet<string>, ids: ColumnIds): LogicalPlan {
  if (!hasShared(plan)) return new Pruner(ids, null).prune(plan, needed);
  const collecting = new Pruner(ids, null);
  collecting.prune(plan, needed);
  return new Pruner(ids, collecting.sharedUses).prune(plan, needed);
}

function hasShared(plan: LogicalPlan): boolean {
  return somePlan(plan, (node) => node.kind === 'shared');
}

class Pruner {
  /** Positions that references to a shared plan read, by its id. */
  readonly sharedUses = new Map<string, Set<number>>();
  readonly #ids: ColumnIds;
  readonly #shared = new Map<string, LogicalPlan>();
  /** What an earlier run collected; null: shared plans keep all columns. */
  readonly #uses: ReadonlyMap<string, ReadonlySet<number>> | null;

  constructor(ids: ColumnIds, uses: ReadonlyMap<string, ReadonlySet<number>> | null) {
    this.#ids = ids;
    this.#uses = uses;
  }

  prune(plan: LogicalPlan, needed: ReadonlySet<string>): LogicalPlan {
    const node = mapExpressions(plan, (expression) => this.#pruneSubqueries(expression));
    switch (node.kind) {
      case 'scan':
      case 'values':
        return this.#pruneLeaf(node, needed);
      case 'project':
        return this.#pruneProject(node, needed);
      case 'aggregate':
        return this.#pruneAggregate(node, needed);
      case 'set':
        return this.#pruneSet(node, needed);
      case 'distinct':
        return mapInputs(node, (input) => this.prune(input, idsOf(input.columns)));
      case 'shared':
        return this.#pruneShared(node, needed);
      default: {
        const wanted = new Set(needed);
        for (const expression of expressionsOf(node)) referencedColumns(expression, wanted);
        if (node.kind === 'watermark') wanted.add(node.rowtime);
        const pruned = mapInputs(node, (input) => this.prune(input, wanted));
        return { ...pruned, columns: columnsAfter(pruned, node) };
      }
    }
  }

  #pruneLeaf(
    leaf: Extract<LogicalPlan, { kind: 'scan' | 'values' }>,
    needed: ReadonlySet<string>,
  ): LogicalPlan {
    const kept = keepOne(leaf.columns.map((column) => needed.has(column.id)));
    const columns = leaf.columns.filter((_, i) => kept[i]);
    if (leaf.kind === 'scan') return { ...leaf, columns };
    return { ...leaf, columns, rows: leaf.rows.map((row) => row.filter((_, i) => kept[i])) };
  }

  #pruneProject(project: Project, needed: ReadonlySet<string>): LogicalPlan {
    let pairs = project.columns
      .map((column, i) => ({ column, expression: project.expressions[i]! }))
      .filter(({ column }) => needed.has(column.id));
    if (pairs.length === 0) {
      const free = project.expressions.findIndex((expression) => !callsPython(expression));
      pairs =
        free >= 0
          ? [{ column: project.columns[free]!, expression: project.expressions[free]! }]
          : [{ column: this.#ids.column('row', trueLiteral().type), expression: trueLiteral() }];
    }
    const expressions = pairs.map(({ expression }) => expression);
    const wanted = new Set<string>();
    for (const expression of expressions) referencedColumns(expression, wanted);
    return projectOf(
      this.prune(project.input, wanted),
      pairs.map(({ column }) => column),
      expressions,
    );
  }

  #pruneAggregate(plan: Aggregate, needed: ReadonlySet<string>): LogicalPlan {
    const width = plan.groups.length;
    let kept = plan.aggregates.map((_, i) => needed.has(plan.columns[width + i]!.id));
    if (width === 0) kept = keepOne(kept);
    const aggregates = plan.aggregates.filter((_, i) => kept[i]);
    const wanted = new Set<string>();
    for (const expression of [...plan.groups, ...aggregates.flatMap(aggregateOperands)]) {
      referencedColumns(expression, wanted);
    }
    const columns = plan.columns.filter((_, i) => i < width || kept[i - width]);
    return { ...plan, aggregates, columns, input: this.prune(plan.input, wanted) };
  }

  #pruneSet(plan: Extract<LogicalPlan, { kind: 'set' }>, needed: ReadonlySet<string>): LogicalPlan {
    const movable = plan.operator === 'union' && plan.all;
    const kept = movable ? keepOne(plan.columns.map((c) => needed.has(c.id))) : plan.columns.map(() => true);
    const side = (input: LogicalPlan) => {
      const columns = input.columns.filter((_, i) => kept[i]);
      return narrowedTo(this.prune(input, idsOf(columns)), columns);
    };
    return {
      ...plan,
      columns: plan.columns.filter((_, i) => kept[i]),
      left: side(plan.left),
      right: side(plan.right),
    };
  }

  /** All references keep the same columns: those that any of them reads. */
  #pruneShared(node: Shared, needed: ReadonlySet<string>): LogicalPlan {
    const read = this.sharedUses.get(node.id) ?? new Set<number>();
    node.columns.forEach((column, i) => {
      if (needed.has(column.id)) read.add(i);
    });
    this.sharedUses.set(node.id, read);
    const kept = keepOne(
      node.columns.map((_, i) => this.#uses === null || (this.#uses.get(node.id)?.has(i) ?? true)),
    );
    let input = this.#shared.get(node.id);
    if (input === undefined) {
      const columns = node.input.columns.filter((_, i) => kept[i]);
      input = narrowedTo(this.prune(node.input, idsOf(columns)), columns);
      this.#shared.set(node.id, input);
    }
    return { ...node, input, columns: node.columns.filter((_, i) => kept[i]) };
  }

  #pruneSubqueries(expression: Expression): Expression {
    const inner = mapOperands(expression, (operand) => this.#pruneSubqueries(operand));
    if (inner.kind !== 'subquery') return inner;
    if (inner.form === 'exists') {
      const plan = this.prune(inner.plan, new Set());
      return { ...inner, plan: narrowedTo(plan, plan.columns.slice(0, 1)) };
    }
    const needed = idsOf(inner.plan.columns);
    return { ...inner, plan: narrowedTo(this.prune(inner.plan, needed), inner.plan.columns) };
  }
}

/** Columns of a node that passes its input's columns on, after its inputs were pruned. */
function columnsAfter(node: LogicalPlan, before: LogicalPlan): readonly PlanColumn[] {
  switch (node.kind) {
    case 'filter':
    case 'sort':
    case 'limit':
    case 'watermark':
      return node.input.columns;
    case 'session':
      return [...node.input.columns, ...before.columns.slice(-3)];
    case 'join':
      if (node.type === 'semi' || node.type === 'anti') return node.left.columns;
      return withTypesOf([...node.left.columns, ...node.right.columns], before.columns);
    case 'temporal_join':
      return withTypesOf([...node.left.columns, ...node.right.columns], before.columns);
    case 'correlate':
    case 'unnest':
    case 'lookup_join':
      return [...node.input.columns, ...addedColumns(before)];
    default:
      return before.columns;
  }
}

/** The columns that a lateral join, a lookup or UNNEST has beyond its input's. */
function addedColumns(plan: LogicalPlan): readonly PlanColumn[] {
  return plan.kind === 'correlate' || plan.kind === 'unnest' || plan.kind === 'lookup_join'
    ? plan.columns.slice(plan.input.columns.length)
    : [];
}

/** Outer joins make columns nullable: the types are those of the join before. */
function withTypesOf(columns: readonly PlanColumn[], before: readonly PlanColumn[]): PlanColumn[] {
  const types = new Map(before.map((column) => [column.id, column]));
  return columns.map((column) => types.get(column.id) ?? column);
}

function keepOne(kept: readonly boolean[]): boolean[] {
  return kept.some(Boolean) ? [...kept] : kept.map((_, i) => i === 0);
}
