/**
 * `npm run test:flink`: the jobs of this folder in Millstream and, exported, in a mini cluster of PyFlink; their rows are compared.
 * MILLSTREAM_PYFLINK names a Python that has `apache-flink`. Exit code 3: skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flinkPython, missingFlink, SKIPPED } from '../oracle/flink-python.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const reason = missingFlink();

if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exitCode = SKIPPED;
} else {
  process.exitCode = ['batch', 'streaming'].every(isEqual) ? 0 : 1;
}

function isEqual(job: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-flink-'));
  try {
    const out = join(folder, 'out');
    const ours = finalRows(output(process.execPath, [command, 'run', `${job}.sql`, '--quiet'], here));
    output(process.execPath, [command, 'export', '--target', 'flink', out, `${job}.sql`, '--quiet'], here);
    const theirs = finalRows(output(flinkPython, ['driver.py'], out));
    const same = ours.length > 0 && JSON.stringify(ours) === JSON.stringify(theirs);
    process.stdout.write(`${job}: ${same ? `${ours.length} rows, equal` : 'different'}\n`);
    if (!same) process.stdout.write(`Millstream\n${ours.join('\n')}\nFlink\n${theirs.join('\n')}\n`);
    return same;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function output(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}.\n${stdout}\n${stderr}`);
  return stdout;
}

/** What the changes that `print` tables wrote (`name> +I[…]`) leave, sorted; whole numbers are written alike. */
function finalRows(text: string): string[] {
  const rows = new Map<string, number>();
  for (const [, table, change, row] of text.matchAll(/^(\w+)(?::\d+)?> ([-+][IUD])\[(.*)\]$/gm)) {
    const key = `${table}[${row!.replace(/\b(\d+)\.0\b/g, '$1')}]`;
    rows.set(key, (rows.get(key) ?? 0) + (change!.startsWith('+') ? 1 : -1));
  }
  return [...rows].flatMap(([row, count]) => Array<string>(Math.max(0, count)).fill(row)).sort();
}
