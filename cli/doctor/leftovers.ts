/** What dead jobs have left. */
import type { Leftover } from '../../operators/index.js';
import { bytes } from '../progress/numbers.js';
import { type Finding, ok, warning } from './finding.js';

export function checkLeftovers(found: readonly Leftover[]): Finding {
  if (found.length === 0) return ok('leftovers', 'none of dead jobs');
  const sum = found.reduce((total, leftover) => total + leftover.bytes, 0);
  const owners = [...new Set(found.map(({ owner }) => owner))].join(', ');
  const things = found.length === 1 ? '1 thing' : `${found.length} things`;
  return warning(
    'leftovers',
    `${things}, ${bytes(sum)}, of ${owners}`,
    'The next job removes them, or `millstream clean` now.',
  );
}
