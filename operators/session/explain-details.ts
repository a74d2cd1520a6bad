/** What EXPLAIN adds for the details it is asked for. */
import type { ExplainDetail } from '../../core/index.js';

/** Text behind the plan; details without a meaning here are said in a note. */
export function explainDetails(details: readonly ExplainDetail[], onNote: (note: string) => void): string {
  for (const detail of details) {
    if (detail !== 'CHANGELOG_MODE')
      onNote(`EXPLAIN ${detail} adds nothing here: the plan shows what there is`);
  }
  if (!details.includes('CHANGELOG_MODE')) return '';
  return '\n\n== Changelog mode ==\nevery stage: [I], rows are only added';
}
