/**
 * `npm run test:flink`: jobs of this folder in Millstream and, exported, in a mini cluster of PyFlink; then jobs that are
 * submitted to a standalone cluster with a SQL gateway, good ones and bad ones. `-- conformance [--cases FOLDER]` holds
 * every portable job to Flink's rows instead. MILLSTREAM_PYFLINK names a Python that has `apache-flink`. Exit code 3: skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flinkPython, missingFlink, SKIPPED } from '../oracle/flink-python.js';
import { missingGateway, startCluster } from './cluster.js';
import { conformance } from './conformance.js';
import { submissions } from './submissions.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const [what, ...rest] = process.argv.slice(2);
const reason = missingFlink() ?? missingGateway();

if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exitCode = SKIPPED;
} else {
  process.exitCode = (await allEqual()) ? 0 : 1;
}

async function allEqual(): Promise<boolean> {
  if (what === 'conformance') {
    const at = rest.indexOf('--cases');
    return conformance(startCluster, at < 0 ? null : (rest[at + 1] ?? null));
  }
  const exported = ['batch', 'streaming'].map(isEqual).every(Boolean);
  // Requirements that its workers cannot install are one of the bad jobs.
  const cluster = await startCluster({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' });
  try {
    return submissions(cluster) && exported;
  } finally {
    cluster.close();
  }
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
