/** The renderer that the planner is given. */
import type { StageRenderer } from '../graph/plan-options.js';
import { renderCopy } from './copy.js';
import { renderStageQuery } from './relation.js';
import type { ResolveFiles } from './scan.js';

/** The renderer for DuckDB. `resolveFiles` turns the path of a table into files; by default the path is given as it is. */
export function createStageRenderer(resolveFiles: ResolveFiles = (path) => [path]): StageRenderer {
  return {
    query: (plan, outputs) => renderStageQuery(plan, outputs, { resolveFiles }),
    copy: renderCopy,
  };
}
