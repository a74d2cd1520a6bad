import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileSink } from '../../core/index.js';
import { type Guard, openFileOutput } from '../../operators/file-output.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millstream-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sink = (path: string, overwrite = false): FileSink => ({
  table: 't',
  path,
  format: 'csv',
  partitions: null,
  columns: [],
  overwrite,
});
const open = (from: FileSink, guard: Guard = () => () => {}) => openFileOutput(from, guard);
const visible = (path: string) => readdirSync(path).filter((name) => !name.startsWith('.'));

describe('openFileOutput', () => {
  it('shows a part only after its commit', async () => {
    const output = await open(sink(join(folder, 'out')));
    writeFileSync(output.temporaryPath, '1\n');
    const before = visible(join(folder, 'out'));

    await output.commit();

    expect(before).toEqual([]);
    expect(visible(join(folder, 'out'))).toEqual([expect.stringMatching(/^part-.*\.csv$/)]);
  });

  it('leaves nothing behind when it is aborted, not even the folder it made', async () => {
    const output = await open(sink(join(folder, 'new', 'out')));
    writeFileSync(output.temporaryPath, '1\n');

    await output.abort();

    expect(existsSync(join(folder, 'new', 'out'))).toBe(false);
  });

  it.each<[what: string, write: (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, '1\n')],
    ['folders of partitions', (path) => mkdirSync(join(path, 'dt=1'), { recursive: true })],
  ])('is cleared of %s that an attempt wrote', async (_what, write) => {
    const output = await open(sink(join(folder, 'out')));
    write(output.temporaryPath);

    await output.clear();

    expect(existsSync(output.temporaryPath)).toBe(false);
  });

  it('replaces what was there before, also when several parts are committed', async () => {
    const path = join(folder, 'out');
    const old = await open(sink(path));
    writeFileSync(old.temporaryPath, 'old\n');
    await old.commit();
    const outputs = [await open(sink(path, true)), await open(sink(path, true))];
    for (const [i, output] of outputs.entries()) writeFileSync(output.temporaryPath, `new ${i}\n`);

    for (const output of outputs) await output.commit();

    expect(
      visible(path)
        .map((name) => readFileSync(join(path, name), 'utf8'))
        .sort(),
    ).toEqual(['new 0\n', 'new 1\n']);
  });

  it('says which table and folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');

    const opening = open(sink(join(folder, 'file', 'out')));

    await expect(opening).rejects.toMatchObject({
      code: 'SINK_WRITE',
      message: expect.stringContaining('table t'),
    });
  });
});
