/** What EXPLAIN adds for the details it is asked for. */
import type { ExplainDetail, StageGraph } from '../../core/index.js';
import { changelogModes } from './changelog-modes.js';

/** Text behind the plan; details without a meaning here are said in a note. */
export function explainDetails(
  details: readonly ExplainDetail[],
  graph: StageGraph,
  onNote: (note: string) => void,
): string {
  for (const detail of details) {
    if (detail !== 'CHANGELOG_MODE')
      onNote(`EXPLAIN ${detail} adds nothing here: the plan shows what there is`);
  }
  return details.includes('CHANGELOG_MODE') ? `\n\n== Changelog mode ==\n${changelogModes(graph)}` : '';
}
