/** Which isolation levels functions can have here. */
import { detectIsolation, findPython, type IsolationSupport } from '../../bridge/index.js';
import { MillstreamError } from '../../core/index.js';
import { type Finding, ok, warning } from './finding.js';

/** Tries one sandbox; says nothing where there is no Python to try it with. */
export async function checkIsolation(): Promise<Finding[]> {
  try {
    const { executable } = await findPython({ configured: null });
    return [isolationFinding(await detectIsolation(executable))];
  } catch (error) {
    // No Python: another check says so.
    if (error instanceof MillstreamError) return [];
    throw error;
  }
}

/** What is in force without an option, and what an option can have. */
export function isolationFinding({ standard, strict, keepsWorkersApart }: IsolationSupport): Finding {
  if (standard !== null) {
    return warning('isolation', `off, and no other level can be had: ${standard}`, 'See docs/isolation.md.');
  }
  const levels = strict === null ? 'standard and strict' : `standard, not strict (${strict})`;
  const apart = keepsWorkersApart ? '' : '; workers of one sandbox can signal each other (Linux before 6.12)';
  return ok('isolation', `off unless 'millstream.isolation' is set; can be had: ${levels}${apart}`);
}
