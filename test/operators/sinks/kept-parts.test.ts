import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileSink } from '../../../core/index.js';
import { openFileOutput } from '../../../operators/file-output.js';
import { disk } from '../../../operators/ports/disk.js';
import { KeptParts } from '../../../operators/sinks/rolling-file-sink.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millstream-parts-'));
  path = join(folder, 'new', 'out');
  vi.spyOn(disk, 'flush');
  vi.spyOn(disk, 'flushAll');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const sink = (partitions: FileSink['partitions'] = null): FileSink => ({
  table: 't',
  path,
  format: 'json',
  partitions,
  columns: [],
  overwrite: false,
});
const flushed = () => [disk.flush, disk.flushAll].flatMap((spy) => vi.mocked(spy).mock.calls.flat());

/** A part that is written and kept for a checkpoint. */
async function written(of: FileSink) {
  const output = await openFileOutput(of, () => () => {}, 'job');
  if (of.partitions === null) writeFileSync(output.temporaryPath, '{}\n');
  else {
    mkdirSync(join(output.temporaryPath, 'dt=1', 'h=2'), { recursive: true });
    writeFileSync(join(output.temporaryPath, 'dt=1', 'h=2', 'part'), '{}\n');
  }
  return { output, part: await output.keep() };
}

describe('a part that belongs to a checkpoint', () => {
  it('is on the disk before the checkpoint knows of it, with the folders made for it', async () => {
    const { part } = await written(sink());

    expect(flushed()).toEqual([path, join(folder, 'new'), folder, part.temporaryPath]);
  });

  it('is shown for good: the next checkpoint leaves it out', async () => {
    const parts = new KeptParts(sink(), 'job', () => {}, [(await written(sink())).part]);
    vi.clearAllMocks();

    await parts.show(1);

    expect([readdirSync(path), parts.all, flushed()]).toEqual([
      [expect.stringMatching(/^part-job-/)],
      [],
      [path],
    ]);
  });

  it('of a partitioned table is shown for good in its folders', async () => {
    const of = sink({ only: null });
    const parts = new KeptParts(of, 'job', () => {}, [(await written(of)).part]);
    vi.clearAllMocks();

    await parts.show(1);

    expect(existsSync(join(path, 'dt=1', 'h=2', 'part'))).toBe(true);
    expect(flushed().sort()).toEqual([path, join(path, 'dt=1'), join(path, 'dt=1', 'h=2')]);
  });

  it('was shown and then moved by who reads the folder: that is told, and the job goes on', async () => {
    const { part } = await written(sink());
    rmSync(part.temporaryPath);
    const notes: string[] = [];
    const parts = new KeptParts(sink(), 'job', (text) => notes.push(text), [part]);

    await parts.show(1);

    expect(notes).toEqual([
      `table t: ${join(path, part.name)}, which belongs to the checkpoint, is not there any more: it was moved or removed since it was shown`,
    ]);
    expect(parts.all).toEqual([]);
  });
});
