/**
 * The oracle of Nexmark: gives the events of our generator to a real Flink (PyFlink, on Java 11 or 17), and compares what its queries
 * say with `test/nexmark/expected.json`; `--update` writes it. MILLSTREAM_PYFLINK names a Python that has
 * `apache-flink`. Exit code 3: skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeEvents } from '../../nexmark/events-file.js';
import { flinkPython, missingFlink, SKIPPED } from '../flink-python.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const nexmark = join(here, '../../nexmark');
const expectedFile = join(nexmark, 'expected.json');

const reason = missingFlink();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exitCode = SKIPPED;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-nexmark-'));
  try {
    process.exitCode = ask(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ask(folder: string): number {
  const expected = JSON.parse(readFileSync(expectedFile, 'utf8')) as Record<string, Record<string, unknown>>;
  const queries = readdirSync(join(nexmark, 'queries')).map((name) => join(nexmark, 'queries', name));
  let differing = 0;
  for (const events of Object.keys(expected)) {
    const file = join(folder, `${events}.json`);
    writeEvents(file, Number(events));
    const program = [join(here, 'flink_nexmark.py'), file, ...queries];
    const { status, stdout } = spawnSync(flinkPython, program, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 28,
    });
    if (status !== 0) return 1;
    const found = JSON.parse(stdout) as Record<string, unknown>;
    for (const [query, result] of Object.entries(found)) {
      if (JSON.stringify(expected[events]![query]) === JSON.stringify(result)) continue;
      differing += 1;
      process.stdout.write(`${query} over ${events} events: Flink gives ${JSON.stringify(result)}\n`);
    }
    expected[events] = found;
  }
  if (!process.argv.includes('--update')) return differing === 0 ? 0 : 1;
  writeFileSync(expectedFile, `${JSON.stringify(expected, null, 1)}\n`);
  return 0;
}
