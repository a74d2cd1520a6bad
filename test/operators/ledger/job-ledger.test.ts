import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { liveEntries, socketPath } from '../../../operators/ledger/entry-file.js';
import { askStacks, askStatus } from '../../../operators/ledger/entry-socket.js';
import { type ClaimOptions, claimMemory } from '../../../operators/ledger/job-ledger.js';
import { SILENT_VOICE } from '../../support/silent-voice.js';

const JOB = fileURLToPath(new URL('../../fixtures/ledger/job.mjs', import.meta.url));
const MIB = 1024 * 1024;

let folder: string;
let jobs: Job[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millstream-ledger-'));
  jobs = [];
});
afterEach(async () => {
  await Promise.all(jobs.map((job) => job.kill()));
  rmSync(folder, { recursive: true });
});

it('lets jobs wait in order for one that was killed, and tells them for whom', async () => {
  const holder = start('nightly.sql', 200);
  expect(await holder.line()).toBe(`has ${200 * MIB}`);
  const large = start('large.sql', 900);
  expect(await large.line()).toBe(
    `waits: large.sql needs 900 MiB of memory; 800 MiB of 1000 MiB is free: nightly.sql (pid ${holder.pid}) has 200 MiB. ` +
      "It waits and goes on by itself. To go on now: -D millstream.memory='800 MiB' or end one of them. " +
      'Ctrl-C gives up, --no-wait fails instead.',
  );
  const small = start('small.sql', 100);
  expect(await small.line()).toContain(
    `large.sql (pid ${large.pid}) asked before. It waits and goes on by itself. To go on now: end one of them.`,
  );

  // A process that does not run still has what it has.
  holder.signal('SIGSTOP');
  expect((await liveEntries(folder)).map(({ name }) => name).sort()).toEqual([
    'large.sql',
    'nightly.sql',
    'small.sql',
  ]);
  await holder.kill();

  expect(await large.line()).toBe(`has ${900 * MIB}`);
  expect(await small.line()).toBe(`has ${100 * MIB}`);
  await Promise.all([large.end(), small.end()]);
  expect(readdirSync(folder)).toEqual([]);
});

it('tells a session of the same program how to have memory beside the other one', async () => {
  const own = (name: string, onWait: (text: string) => void): ClaimOptions => ({
    folder,
    name,
    ceilingBytes: 1000 * MIB,
    leastBytes: 800 * MIB,
    wanted: () => 0,
    voice: SILENT_VOICE,
    onWait,
    mayWait: true,
    signal: new AbortController().signal,
  });
  const first = await claimMemory(own('a session', () => {}));
  let second: Promise<{ release(): void }> | null = null;
  const said = await new Promise<string>((resolve) => {
    second = claimMemory(own('a session', resolve));
  });
  first.release();
  (await second!).release();

  expect(said).toMatch(
    /It goes on when the other session of this program is closed\. Set 'millstream\.memory' for both/,
  );
});

it('says what a job does, and forgets one that was killed', async () => {
  const job = start('job.sql', 10);
  await job.line();
  const [entry] = await liveEntries(folder);

  expect(entry).toMatchObject({ name: 'job.sql', pid: job.pid, grantedBytes: 10 * MIB });
  expect(await askStatus(socketPath(folder, entry!.id), 5_000)).toEqual({ state: 'running', rows: 7 });
  expect(await askStacks(socketPath(folder, entry!.id), 5_000)).toEqual([
    { id: 'w1', text: 'Thread MainThread' },
  ]);
  await job.kill();
  expect(await liveEntries(folder)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

it('fails where it may not wait, or is aborted, or there can never be so much, and leaves nothing', async () => {
  const holder = await claimMemory(ask(800));

  await expect(claimMemory({ ...ask(300), mayWait: false })).rejects.toMatchObject({
    code: 'RESOURCES_TAKEN',
    message: expect.stringContaining('200 MiB of 1000 MiB is free: job 800'),
  });
  const stop = new AbortController();
  const waiting = claimMemory({ ...ask(300), signal: stop.signal });
  stop.abort(new Error('Ctrl-C'));
  await expect(waiting).rejects.toThrow('Ctrl-C');
  await expect(claimMemory(ask(1001))).rejects.toMatchObject({ code: 'RESOURCES_EXCEEDED' });
  holder.release();
  expect(readdirSync(folder)).toEqual([]);
});

it('never gives out more than there is to jobs that start at once', async () => {
  const several = Array.from({ length: 6 }, (_, i) => start(`job-${i}`, 400));
  const ended = several.map(async (job) => {
    for (let line = await job.line(); !line.startsWith('has'); line = await job.line());
    const granted = (await liveEntries(folder)).map(({ grantedBytes }) => grantedBytes ?? 0);
    await job.end();
    return granted.reduce((sum, bytes) => sum + bytes, 0);
  });

  for (const sum of await Promise.all(ended)) expect(sum).toBeLessThanOrEqual(1000 * MIB);
});

function ask(mib: number): ClaimOptions {
  return {
    folder,
    name: `job ${mib}`,
    ceilingBytes: 1000 * MIB,
    leastBytes: mib * MIB,
    wanted: () => mib * MIB,
    voice: SILENT_VOICE,
    onWait: () => {},
    mayWait: true,
    signal: new AbortController().signal,
  };
}

/** A process that claims memory. */
class Job {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<unknown>;

  constructor(name: string, mib: number) {
    const args = [JOB, name, String(1000 * MIB), String(mib * MIB)];
    const env = { ...process.env, MILLSTREAM_RUNTIME_DIR: folder };
    this.#process = spawn(process.execPath, args, { env });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    this.#exited = once(this.#process, 'exit');
  }

  get pid(): number {
    return this.#process.pid!;
  }

  async line(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exited;
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#exited;
  }
}

function start(name: string, mib: number): Job {
  const job = new Job(name, mib);
  jobs.push(job);
  return job;
}
