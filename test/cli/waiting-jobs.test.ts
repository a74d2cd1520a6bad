import { expect, it } from 'vitest';
import { claimMemory } from '../../operators/ledger/job-ledger.js';
import { machineMemoryBytes } from '../../operators/ports/machine-memory.js';
import { SILENT_VOICE } from '../support/silent-voice.js';
import { ended, millstream, startMillstream } from './support/command.js';

const GIB = 1024 ** 3;

it('waits for the memory of another job and goes on when that has ended, or fails with --no-wait', async () => {
  const ceilingBytes = machineMemoryBytes();
  const holder = await claimMemory({
    folder: process.env.MILLSTREAM_RUNTIME_DIR!,
    name: 'nightly.sql',
    ceilingBytes,
    leastBytes: ceilingBytes - 1024,
    wanted: () => 0,
    voice: SILENT_VOICE,
    onWait: () => {},
    mayWait: false,
    signal: new AbortController().signal,
  });

  const refused = await millstream(['run', '-e', 'SELECT 1', '--no-wait']);
  expect({ code: refused.code, stdout: refused.stdout.toString() }).toEqual({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/Error RESOURCES_TAKEN: -e needs [12](\.\d)? GiB of memory; 1 KiB of/);
  expect(refused.stderr).toContain(`nightly.sql (pid ${process.pid}) has`);

  const waiting = startMillstream(['run', '-e', 'SELECT 1', '--format', 'csv', '--quiet']);
  const stdout: string[] = [];
  waiting.stdout.on('data', (data) => stdout.push(String(data)));
  const said = await new Promise<string>((resolve) =>
    waiting.stderr.once('data', (data) => resolve(String(data))),
  );
  expect(said).toContain('It waits and goes on by itself.');
  holder.release();

  expect((await ended(waiting)).code).toBe(0);
  expect(stdout.join('')).toBe('EXPR$0\n1\n');
});

it('waits where its stages need more than others leave, instead of being refused', async () => {
  const ceilingBytes = machineMemoryBytes();
  const holder = await claimMemory({
    folder: process.env.MILLSTREAM_RUNTIME_DIR!,
    name: 'nightly.sql',
    ceilingBytes,
    leastBytes: ceilingBytes - 2.2 * GIB,
    wanted: () => 0,
    voice: SILENT_VOICE,
    onWait: () => {},
    mayWait: false,
    signal: new AbortController().signal,
  });
  const table = "CREATE TABLE o (n BIGINT) WITH ('connector' = 'blackhole');";
  const insert = (_: unknown, i: number) => `INSERT INTO o SELECT COUNT(*) FROM (VALUES ${i}) AS t(n);`;
  const inserts = Array.from({ length: 5 }, insert).join(' ');

  const waiting = startMillstream(['run', '-e', `${table} EXECUTE STATEMENT SET BEGIN ${inserts} END`]);
  const said = await new Promise<string>((resolve) => {
    let text = '';
    waiting.stderr.on('data', (data) => {
      text += String(data);
      if (text.includes('Ctrl-C gives up')) resolve(text);
    });
  });
  expect(said).toMatch(
    /-e needs [\d.]+ GiB of memory; 2\.2 GiB of .* It waits and goes on by itself\. To go on now: end one of them\./,
  );
  holder.release();

  expect((await ended(waiting)).code).toBe(0);
});
