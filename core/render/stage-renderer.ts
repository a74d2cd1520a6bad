/** The renderer that the planner is given. */
import type { StageRenderer } from '../graph/plan-options.js';
import { renderCopy } from './copy.js';
import { renderStageQuery } from './relation.js';
import type { ResolveFiles } from './scan.js';

/**
 * The renderer for DuckDB.
 * @param resolveFiles turns the path of a table into files; by default the path is given as it is
 * @param sql the text that spans are places of; null: failures of expressions have no place
 */
export function createStageRenderer(
  resolveFiles: ResolveFiles = (path) => [path],
  sql: string | null = null,
): StageRenderer {
  return {
    query: (plan, outputs) => renderStageQuery(plan, outputs, { resolveFiles, sql }),
    copy: renderCopy,
  };
}
