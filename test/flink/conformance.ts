/** Portable jobs on both engines, held to each other: our own, and recorded ones by `--cases FOLDER`. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlinkCluster } from './cluster.js';
import { finalRows, firstDifference } from './rows-of-changes.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'dist/cli/main.js');
const LIMIT_MS = 300_000;
const MOST_OUTPUT = 256 << 20;

type Verdict = 'equal' | 'both refuse' | 'not portable' | 'different';

/** A task manager keeps classes of every job that it ran. */
const JOBS_OF_A_CLUSTER = 40;

/** Prints a line for each job and the sums; true where none is different. */
export async function conformance(
  start: () => Promise<FlinkCluster>,
  cases: string | null,
): Promise<boolean> {
  const folders = [
    join(root, 'examples/flink'),
    ...jobsIn(join(root, 'test/flink/cases')),
    ...(cases === null ? [] : jobsIn(resolve(cases))),
  ];
  const sums = new Map<Verdict, number>();
  for (let first = 0; first < folders.length; first += JOBS_OF_A_CLUSTER) {
    const cluster = await start();
    try {
      for (const folder of folders.slice(first, first + JOBS_OF_A_CLUSTER)) {
        const { verdict, text } = compare(folder, cluster);
        sums.set(verdict, (sums.get(verdict) ?? 0) + 1);
        process.stdout.write(`${verdict.padEnd(13)} ${basename(folder)}${text === '' ? '' : `: ${text}`}\n`);
      }
    } finally {
      cluster.close();
    }
  }
  const counts = [...sums].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  process.stdout.write(`\n${folders.length} jobs: ${counts}\n`);
  return !sums.has('different');
}

/** Folders that have a job.sql, however deep. */
function jobsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'job.sql')
    .map((name) => join(folder, name, '..'))
    .sort();
}

function compare(
  folder: string,
  cluster: FlinkCluster,
): { readonly verdict: Verdict; readonly text: string } {
  const mode = modeOf(folder);
  const settings = ['-D', 'table.local-time-zone=UTC', '--quiet', ...(mode === null ? [] : ['--mode', mode])];
  const copy = absoluteCopy(folder);
  try {
    const ours = run(copy, ['run', 'job.sql', '--format', 'jsonl', ...settings]);
    const address = ['--target', 'flink', '--address', cluster.gateway, '--jobmanager', cluster.jobManager];
    const theirs = run(copy, ['submit', 'job.sql', ...address, '--format', 'jsonl', ...settings]);
    if (ours.status === 0 && theirs.stderr.includes('Error NOT_PORTABLE'))
      return { verdict: 'not portable', text: rulesOf(theirs.stderr) };
    if (isRefused(ours) && isRefused(theirs))
      return { verdict: 'both refuse', text: firstLine(theirs.stderr) };
    if (ours.status !== 0) return { verdict: 'different', text: `Millstream: ${firstLine(ours.stderr)}` };
    if (theirs.status !== 0) return { verdict: 'different', text: `Flink: ${firstLine(theirs.stderr)}` };
    const rows = finalRows(ours.stdout);
    const difference = firstDifference(rows, finalRows(theirs.stdout));
    return difference === null
      ? { verdict: 'equal', text: `${rows.length} rows` }
      : { verdict: 'different', text: difference };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Flink reads relative paths from where its processes were started. */
function absoluteCopy(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'millstream-case-'));
  cpSync(folder, copy, { recursive: true, filter: (path) => basename(path) !== '__pycache__' });
  const sql = readFileSync(join(folder, 'job.sql'), 'utf8');
  const absolute = sql.replace(
    /('(?:path|python\.files)'\s*=\s*')([^'/][^':]*')/g,
    (_, before: string, path: string) => `${before}${join(folder, path)}`,
  );
  writeFileSync(join(copy, 'job.sql'), absolute);
  return copy;
}

function modeOf(folder: string): string | null {
  const file = join(folder, 'case.json');
  if (!existsSync(file)) return null;
  return (JSON.parse(readFileSync(file, 'utf8')) as { mode?: string }).mode ?? null;
}

/** Ended by an error that it tells, and not by a crash or the limit. */
function isRefused({ status, stderr }: { readonly status: number | null; readonly stderr: string }): boolean {
  return (status === 1 || status === 2) && /^Error [A-Z_]+/m.test(stderr);
}

function run(cwd: string, args: readonly string[]) {
  return spawnSync(process.execPath, [command, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: MOST_OUTPUT,
  });
}

/** `[rule]` at the end of a finding. */
function rulesOf(text: string): string {
  return [...new Set([...text.matchAll(/\[([a-z-]+)\]$/gm)].map(([, rule]) => rule))].join(', ');
}

function firstLine(text: string): string {
  const errors = text.split('\n').filter((line) => line.startsWith('Error '));
  return (errors[0] ?? text.trim().split('\n').at(-1) ?? '').slice(0, 200);
}
