/**
 * The oracle of built-in functions: asks a real Flink (PyFlink, on Java 11 or 17) for every answer in `*.jsonl` beside
 * this file. MILLSTREAM_PYFLINK names a Python that has `apache-flink`. Exit code 3: skipped.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flinkPython, missingFlink, SKIPPED } from '../flink-python.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

const reason = missingFlink();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exitCode = SKIPPED;
} else {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const mode = process.argv.includes('--update') ? '--all' : '--check';
  const program = join(folder, 'flink_oracle.py');
  const { status } = spawnSync(flinkPython, [program, mode, ...files.map((name) => join(folder, name))], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
