/** The Python that has PyFlink. */
import { spawnSync } from 'node:child_process';

/** Exit code of an oracle that was skipped. */
export const SKIPPED = 3;

export const flinkPython = process.env.MILLSTREAM_PYFLINK ?? process.env.MILLSTREAM_PYTHON ?? 'python3';

/** Why there is no Flink to be asked, or null. */
export function missingFlink(): string | null {
  if (spawnSync('java', ['-version']).status !== 0) return 'there is no java on the PATH';
  if (spawnSync(flinkPython, ['-c', 'import pyflink.table']).status === 0) return null;
  return `${flinkPython} has no pyflink: install apache-flink 2.3 somewhere and name its Python in MILLSTREAM_PYFLINK`;
}
