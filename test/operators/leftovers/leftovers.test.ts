import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clean } from '../../../operators/leftovers/clean.js';
import { describeLeftovers } from '../../../operators/leftovers/describe.js';
import { Estate } from '../../../operators/leftovers/estate.js';
import { findLeftovers, sweepLeftovers } from '../../../operators/leftovers/sweep.js';

const OWNER = fileURLToPath(new URL('../../fixtures/ledger/estate.mjs', import.meta.url));

let folder: string;
let runtime: string;
let owner: ChildProcessWithoutNullStreams | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millstream-leftovers-'));
  runtime = join(folder, 'run');
  owner = null;
});
afterEach(async () => {
  if (owner !== null) await kill(owner);
  rmSync(folder, { recursive: true });
});

describe('what a session would leave', () => {
  it('stays while its process lives, even stopped, and goes when that was killed', async () => {
    const spill = join(folder, 'millstream-0a1b2c3d4e5f');
    const part = join(folder, 'out', 'deep', '.part-1.csv.inprogress');
    owner = await start({ cgroups: [], folders: [spill], files: [part] });
    mkdirSync(join(spill, 'more'));
    writeFileSync(join(spill, 'more', 'data'), Buffer.alloc(100_000, 1));
    owner.kill('SIGSTOP');
    expect(await findLeftovers(runtime)).toEqual([]);
    expect(await sweepLeftovers(runtime)).toEqual({ removed: [], kept: [] });

    await kill(owner);
    const found = await findLeftovers(runtime);
    expect(found).toMatchObject([
      { kind: 'folder', path: spill, owner: `nightly.sql (pid ${owner.pid})` },
      { kind: 'file', path: part, owner: `nightly.sql (pid ${owner.pid})` },
    ]);
    expect(found[0]!.bytes).toBeGreaterThanOrEqual(100_000);
    expect(existsSync(part)).toBe(true);

    expect(await sweepLeftovers(runtime)).toEqual({ removed: found, kept: [] });
    expect([existsSync(spill), existsSync(part), existsSync(join(folder, 'out', 'deep'))]).toEqual([
      false,
      false,
      false,
    ]);
    expect(readdirSync(runtime)).toEqual([]);
    expect(describeLeftovers(found)).toMatch(
      /^1 folder, 1 file, 1\d\d(\.\d)? KiB, which nightly\.sql \(pid \d+\) had left$/,
    );
  });

  it('is only what sessions name so: a note that names another folder is not followed', async () => {
    const precious = join(folder, 'precious');
    owner = await start({ cgroups: [precious], folders: [precious], files: [] });
    await kill(owner);

    expect(await sweepLeftovers(runtime)).toEqual({ removed: [], kept: [] });
    expect(existsSync(precious)).toBe(true);
    expect(readdirSync(runtime)).toEqual([]);
  });

  it('is forgotten once it is gone, and noted no more after the end', async () => {
    const estate = await Estate.open(runtime, 'job.sql');
    estate.own({ cgroups: ['/c/millstream-1'], folders: ['/f/ms-1'] });
    estate.disown({ cgroups: ['/c/millstream-1'], folders: [] });
    estate.guard('output', { files: ['/o/part'], folders: [] });
    estate.release('output');
    expect(readdirSync(runtime).sort()).toMatchObject(
      [/\.life$/, /\.owns$/].map((end) => expect.stringMatching(end)),
    );

    estate.close();
    estate.release('output');
    expect(readdirSync(runtime)).toEqual([]);
  });
});

it('clean finds what it would remove without removing it, then removes it', async () => {
  const before = { ...process.env };
  process.env.MILLSTREAM_RUNTIME_DIR = runtime;
  process.env.MILLSTREAM_CACHE_DIR = join(folder, 'cache');
  try {
    const spill = join(folder, 'millstream-0a1b2c3d4e5f');
    const bundle = join(folder, 'cache', 'bundles', 'a.bundle');
    const lock = join(folder, 'cache', 'locks');
    for (const path of [lock, join(bundle, '..')]) mkdirSync(path, { recursive: true });
    writeFileSync(bundle, 'saved a moment ago');
    owner = await start({ cgroups: [], folders: [spill], files: [] });
    await kill(owner);
    const options = { cache: false, environments: false, dryRun: true };
    const ofTest = async (given: typeof options) =>
      (await clean(given)).removed.filter(({ path }) => path.startsWith(folder)).map(({ path }) => path);

    expect(await ofTest(options)).toEqual([spill]);
    expect(await ofTest({ ...options, cache: true })).toEqual([spill, bundle, lock]);
    expect(existsSync(spill)).toBe(true);
    expect(await ofTest({ ...options, dryRun: false })).toEqual([spill]);
    expect([existsSync(spill), existsSync(bundle)]).toEqual([false, true]);
    expect(await ofTest({ ...options, cache: true, dryRun: false })).toEqual([bundle, lock]);
    expect([existsSync(bundle), existsSync(lock)]).toEqual([false, false]);
  } finally {
    process.env = before;
  }
});

async function start(paths: object): Promise<ChildProcessWithoutNullStreams> {
  const env = { ...process.env, MILLSTREAM_RUNTIME_DIR: runtime };
  const child = spawn(process.execPath, [OWNER, JSON.stringify(paths)], { env });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
