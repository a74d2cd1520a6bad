/**
 * The oracle of portability: asks a real Flink (PyFlink, on Java 11 or 17) which statements of `verdicts.jsonl` it can plan, in both
 * modes; `--update` freezes its answers. A new statement is a new line with two nulls. The version asked is that of the PyFlink,
 * 2.3 or 1.20. Exit code 3: skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flinkPython, missingFlink, SKIPPED } from '../flink-python.js';
import {
  type Answer,
  type AskedVersion,
  agree,
  corpusFolder,
  readVerdicts,
  setUp,
  writeVerdicts,
} from './corpus.js';

const reason = missingFlink();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exitCode = SKIPPED;
} else {
  const version = askedVersion();
  const frozen = readVerdicts(version);
  const answers = askFlink(frozen.map(({ sql }) => sql));
  const now = frozen.map(({ sql }, i) => ({ sql, ...answers[i]! }));
  if (process.argv.includes('--update')) writeVerdicts(now, version);
  let different = 0;
  for (const [i, { sql, batch, streaming }] of frozen.entries()) {
    if (agree(now[i]!, { batch, streaming })) continue;
    different += 1;
    process.stdout.write(
      `${sql}\n  was ${JSON.stringify({ batch, streaming })}\n  is  ${JSON.stringify(answers[i])}\n`,
    );
  }
  process.stdout.write(
    `portability: Flink ${version}, ${frozen.length} statements in two modes, ${different} differ\n`,
  );
  process.exitCode = different === 0 ? 0 : 1;
}

function askedVersion(): AskedVersion {
  const program = 'from importlib.metadata import version; print(version("apache-flink"))';
  const { stdout } = spawnSync(flinkPython, ['-c', program], { encoding: 'utf8' });
  return stdout.startsWith('1.') ? '1.20' : '2.3';
}

function askFlink(statements: readonly string[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-portability-'));
  try {
    const [asked, answered] = [join(folder, 'asked.json'), join(folder, 'answered.json')];
    writeFileSync(asked, JSON.stringify({ setup: setUp(), statements }));
    const program = [join(corpusFolder, 'flink_explain.py'), asked, answered];
    const { status } = spawnSync(flinkPython, program, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`flink_explain.py ended with ${status}.`);
    return JSON.parse(readFileSync(answered, 'utf8')) as Answer[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
