/** Plans without Python calls as one DuckDB SELECT, folded so that people can read it. */
import type { StageOutput } from '../graph/plan-options.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { toDuckDbType } from '../types/arrow-type.js';
import { PlanRenderer } from './plan-renderer.js';
import type { ResolveFiles } from './scan.js';
import type { Output } from './select.js';
import { castTo, operand } from './sql-text.js';

/** What rendering is told besides the plan. */
export interface RenderOptions {
  readonly resolveFiles: ResolveFiles;
  /** The text that spans are places of; null: failures of expressions have no place. */
  readonly sql: string | null;
}

const PATHS_AS_GIVEN: RenderOptions = { resolveFiles: (path) => [path], sql: null };

/**
 * A DuckDB SELECT for a plan without Python calls; its columns are named by their ids, in the plan's order. Scans of
 * the connector `exchange` read the relation named by their path; `filesystem` reads files.
 * @throws {InternalError} where the plan calls Python
 * @throws {ConfigurationError} where a table's options cannot be honoured
 */
export function renderRelation(plan: LogicalPlan, options: RenderOptions = PATHS_AS_GIVEN): string {
  const renderer = new PlanRenderer(plan, options);
  const select = renderer.build(plan);
  const outputs = plan.columns.map((c): Output => ({ sql: renderer.column(select, c.id).sql, name: c.id }));
  return renderer.finish(select, outputs);
}

/**
 * The SELECT of a relational stage: exactly these columns under these names, each of the DuckDB type of its declared
 * type, cast where it is not so for certain.
 */
export function renderStageQuery(
  plan: LogicalPlan,
  outputs: readonly StageOutput[],
  options: RenderOptions = PATHS_AS_GIVEN,
): string {
  const renderer = new PlanRenderer(plan, options);
  const ids = outputs.map((output) => output.id);
  const built = renderer.build(plan);
  const select = built.distinct && !sameSet(ids, [...built.columns.keys()]) ? renderer.nested(built) : built;
  const types = new Map(plan.columns.map((c) => [c.id, c.type]));
  const list = outputs.map(({ id, name, type, asUtcText = false, emptyForNull = false }): Output => {
    const { sql, exact } = renderer.column(select, id);
    const text = asUtcText
      ? `CAST(${operand(sql)} AT TIME ZONE 'UTC' AS VARCHAR) || 'Z'`
      : `CAST(${sql} AS VARCHAR)`;
    if (emptyForNull) return { sql: `coalesce(${text}, '')`, name };
    if (asUtcText) return { sql: text, name };
    const wanted = toDuckDbType(type);
    const declared = types.get(id);
    const surely = exact && declared !== undefined && toDuckDbType(declared) === wanted;
    return {
      sql: surely || (sql.endsWith(` AS ${wanted})`) && isOneCast(sql)) ? sql : castTo(sql, wanted),
      name,
    };
  });
  return renderer.finish(select, list);
}

/** `CAST(…)` around the whole text. */
function isOneCast(sql: string): boolean {
  return /^CAST\((?:[^()']|\(\d+(?:, \d+)?\))*\)$/.test(sql);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set(a).size === a.length && a.every((id) => b.includes(id));
}
