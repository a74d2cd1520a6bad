import { expect, it } from 'vitest';
import { claimMemory } from '../../operators/ledger/job-ledger.js';
import { machineMemoryBytes } from '../../operators/ports/machine-memory.js';
import { SILENT_VOICE } from '../support/silent-voice.js';
import { ended, millstream, startMillstream } from './support/command.js';

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
