import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpillFolder } from '../../../operators/ports/spill-folder.js';

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'millstream-test-'));
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

it('reads back what was written, by several readers at any position', async () => {
  const files = new SpillFolder({ parent, maxBytes: null });
  const writer = await files.create('exchange-1');
  await writer.append([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
  await writer.append([Uint8Array.of(4, 5)]);

  const file = await writer.finish();

  expect(file.byteLength).toBe(5);
  expect(await Promise.all([file.read(0, 5), file.read(2, 2)])).toEqual([
    Uint8Array.of(1, 2, 3, 4, 5),
    Uint8Array.of(3, 4),
  ]);
  await expect(file.read(4, 2)).rejects.toMatchObject({ code: 'SPILL_FAILED' });
  await file.discard();
  await files.close();
});

it('leaves no name on the disk while a file is open, in a folder that only its user can enter', async () => {
  const files = new SpillFolder({ parent, maxBytes: null });
  const writer = await files.create('exchange-1');

  const [folder] = await readdir(parent);

  expect(await readdir(join(parent, folder!))).toEqual([]);
  expect((await stat(join(parent, folder!))).mode & 0o777).toBe(0o700);
  await writer.discard();
  await files.close();
  expect(await readdir(parent)).toEqual([]);
});

it('refuses to go past its limit, and counts what is discarded as free again', async () => {
  const files = new SpillFolder({ parent, maxBytes: 10 });
  const first = await files.create('a');
  await first.append([new Uint8Array(8)]);
  const second = await files.create('b');

  await expect(second.append([new Uint8Array(3)])).rejects.toThrow(
    'Exchange b needs 3 bytes more of temporary disk space; 8 bytes of 10 bytes is taken.',
  );

  await first.discard();
  await second.append([new Uint8Array(3)]);
  await second.discard();
  await files.close();
});
