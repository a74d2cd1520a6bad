/**
 * The oracle of changelogs: asks a real Flink (PyFlink, on Java 11 or 17) which kinds of change the rows of each query of `modes.jsonl` are;
 * `--update` freezes its answers. A new query is a new line with null. Exit code 3: skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flinkPython, missingFlink, SKIPPED } from '../flink-python.js';
import { corpusFolder, readModes, setUp, writeModes } from './corpus.js';

const reason = missingFlink();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exitCode = SKIPPED;
} else {
  const frozen = readModes();
  const answers = askFlink(frozen.map(({ sql }) => sql));
  const differing = frozen.filter(({ mode }, i) => mode !== answers[i]);
  for (const { sql, mode } of differing) {
    process.stdout.write(
      `${sql}\n  was ${mode}\n  is  ${answers[frozen.findIndex((each) => each.sql === sql)]}\n`,
    );
  }
  if (process.argv.includes('--update')) writeModes(frozen.map(({ sql }, i) => ({ sql, mode: answers[i]! })));
  process.stdout.write(`changelog: ${frozen.length} queries, ${differing.length} differ\n`);
  process.exitCode = differing.length === 0 ? 0 : 1;
}

function askFlink(statements: readonly string[]): (string | null)[] {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-changelog-'));
  try {
    const [asked, answered] = [join(folder, 'asked.json'), join(folder, 'answered.json')];
    writeFileSync(asked, JSON.stringify({ setup: setUp(), statements }));
    const { status } = spawnSync(flinkPython, [join(corpusFolder, 'flink_changelog.py'), asked, answered], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`flink_changelog.py ended with ${status}.`);
    return JSON.parse(readFileSync(answered, 'utf8')) as (string | null)[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
