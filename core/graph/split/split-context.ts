/** What all parts of the splitter share. */
import type { ColumnIds } from '../../plan/column-ids.js';
import type { Expression } from '../../plan/expression.js';
import { planCallsPython } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { somePlan } from '../../plan/visit-plan.js';
import type { Boundary } from '../boundary.js';
import { isMade } from '../made-tables.js';
import type { PlanOptions } from '../plan-options.js';
import { resourceGroupOf } from '../resource-group.js';

/** A plan without Python calls, whose leaves may be boundaries. */
export interface SplitPlan {
  /** May have more columns than were asked for; those are dropped when stages are made. */
  readonly plan: LogicalPlan;
  /** Calls whose results the plan already has, by their key. */
  readonly known: ReadonlyMap<string, Expression>;
}

/** No calls are known. */
export const NOTHING_KNOWN: ReadonlyMap<string, Expression> = new Map();

/** The boundaries made so far, and what making them needs. */
export class SplitContext {
  readonly options: PlanOptions;
  readonly boundaries = new Map<string, Boundary>();
  /** By id of the `shared` node: what its first reference was split to. */
  readonly shared = new Map<string, Boundary>();
  /** True where nothing is behind a boundary: one relational stage computes each query. */
  readonly isOneStage: boolean;

  constructor(options: PlanOptions, queries: readonly LogicalPlan[]) {
    this.options = options;
    const isWhole = (query: LogicalPlan) =>
      !planCallsPython(query) && !somePlan(query, (node) => isMade(node, options.connectors));
    this.isOneStage = options.mode === 'batch' && queries.every(isWhole) && !shareAny(queries);
  }

  get ids(): ColumnIds {
    return this.options.ids;
  }

  /** A key that no other boundary has. */
  newKey(): string {
    return `boundary_${this.boundaries.size}`;
  }

  /** Keeps a boundary so that leaves can name it. */
  add<B extends Boundary>(boundary: B): B {
    this.boundaries.set(boundary.key, boundary);
    return boundary;
  }

  /** Functions of one group may share workers. */
  resourceGroupOf(functionName: string): string {
    return resourceGroupOf(functionName, this.options.functions);
  }
}

/** True where a shared plan is read by two of the queries. */
function shareAny(queries: readonly LogicalPlan[]): boolean {
  const seen = new Set<string>();
  return queries.some((query) => {
    const own = new Set<string>();
    somePlan(query, (node) => {
      if (node.kind === 'shared') own.add(node.id);
      return false;
    });
    const isAgain = [...own].some((id) => seen.has(id));
    for (const id of own) seen.add(id);
    return isAgain;
  });
}
