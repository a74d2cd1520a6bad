/** EXPLAIN of queries: what was asked, after optimisation, and the stages that run it. */
import { explainPlan } from '../plan/explain-plan.js';
import type { QueryPlan } from '../plan/logical-plan.js';
import { explainGraph } from './explain-graph.js';
import type { StageGraph } from './stage-graph.js';

/** The text of EXPLAIN: a section with the optimised plan of each query, one with the stages. */
export function explainQueries(queries: readonly QueryPlan[], graph: StageGraph): string {
  const printed = new Set<string>();
  const plans = queries.map((query) => {
    const target = query.sink.kind === 'collect' ? '' : ` into ${query.sink.table.path.at(-1)!}`;
    return `== Logical plan${target} ==\n${explainPlan(query.root, printed)}`;
  });
  return [...plans, `== Stages (${graph.mode}) ==\n${explainGraph(graph)}`].join('\n\n');
}
