/**
 * The oracle of queries: runs the cases of `test/sql/cases/flink` on a real Flink (PyFlink, on Java 11 or 17) and compares their
 * rows. MILLSTREAM_PYFLINK names a Python that has `apache-flink`. Exit code 3: skipped.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flinkPython, missingFlink, SKIPPED } from '../flink-python.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const cases = join(here, '../../sql/cases/flink');

const reason = missingFlink();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exitCode = SKIPPED;
} else {
  const files = readdirSync(cases).filter((name) => name.endsWith('.slt'));
  const mode = process.argv.includes('--update') ? ['--update'] : [];
  const program = [join(here, 'flink_slt.py'), ...mode, ...files.map((name) => join(cases, name))];
  process.exitCode = spawnSync(flinkPython, program, { stdio: 'inherit' }).status ?? 1;
}
