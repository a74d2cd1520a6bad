import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileResolver } from '../../../operators/session/resolve-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millstream-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('fileResolver', () => {
  it('gives all visible files of a folder and its folders, in the order of their names', () => {
    mkdirSync(join(folder, 'day=1'));
    for (const name of ['b.csv', 'a.csv', '.hidden', '_SUCCESS', 'day=1/c.csv'])
      writeFileSync(join(folder, name), '');

    expect(fileResolver(folder)('.')).toEqual(
      ['a.csv', 'b.csv', 'day=1/c.csv'].map((name) => join(folder, name)),
    );
  });

  it('resolves relative paths, and leaves patterns to the reader', () => {
    writeFileSync(join(folder, 'a.csv'), '');

    expect(fileResolver(folder)('a.csv')).toEqual([join(folder, 'a.csv')]);
    expect(fileResolver(folder)('*.csv')).toEqual([join(folder, '*.csv')]);
  });

  it('takes paths below a folder that the script itself will write as they are', () => {
    const resolveFiles = fileResolver(folder, new Set([join(folder, 'out')]));

    expect(resolveFiles('out/day=1')).toEqual([join(folder, 'out/day=1')]);
    expect(() => resolveFiles('outside')).toThrow(/There is no file/);
  });

  it.each([
    ['missing.csv', /There is no file or folder .*missing\.csv/],
    ['empty', /The folder .*empty has no files/],
  ])('says that there is nothing at %s', (path, message) => {
    mkdirSync(join(folder, 'empty'));

    expect(() => fileResolver(folder)(path)).toThrow(message);
    expect(() => fileResolver(folder)(path)).toThrow(expect.objectContaining({ code: 'SOURCE_NOT_FOUND' }));
  });
});
