import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PartFiles } from '../../../operators/connectors/filesystem/part-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'part-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Descriptors of this process that are files below the folder. */
function openInFolder(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      // It was the descriptor of the listing.
      return false;
    }
  }).length;
}

const COUNT = 2_000;

it('2,000 files grow side by side with three of them open at a time', async () => {
  const parts = new PartFiles('t', 3);
  const files = [];
  let most = 0;
  for (let i = 0; i < COUNT; i++) files.push(await parts.begin(join(folder, `k=${i}`, 'part')));
  for (const round of ['a', 'b']) {
    for (const [i, file] of files.entries()) await file.add(Buffer.from(`${round}${i}`));
    await parts.flush();
    most = Math.max(most, openInFolder());
  }
  await parts.close();

  expect(most).toBeLessThanOrEqual(3);
  expect(openInFolder()).toBe(0);
  for (const i of [0, 1, COUNT - 1])
    expect(readFileSync(join(folder, `k=${i}`, 'part'), 'utf8')).toBe(`a${i}\nb${i}\n`);
});

it('a file that was there before is begun empty', async () => {
  for (const text of ['long text', 'x']) {
    const parts = new PartFiles('t');
    const file = await parts.begin(join(folder, 'part'));
    await file.add(Buffer.from(text));
    await parts.flush();
    await parts.close();
  }

  expect(readFileSync(join(folder, 'part'), 'utf8')).toBe('x\n');
});

it('what cannot be written is told with the table and its file', async () => {
  writeFileSync(join(folder, 'file'), '');
  const path = join(folder, 'file', 'part');
  await expect(new PartFiles('t').begin(path)).rejects.toThrow(`Table t: ${path} cannot be written`);
});
