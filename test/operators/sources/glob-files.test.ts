import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePosition, identitiesOf, rowsBefore } from '../../../operators/sources/file-position.js';
import { globFiles, isGlob } from '../../../operators/sources/glob-files.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ms-glob-'));
  for (const name of ['a1.csv', 'a2.csv', 'b.csv', 'a+.csv', 'x/a1.csv', 'x/y/c.csv', 'x/y/c.txt']) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['*.csv', ['a+.csv', 'a1.csv', 'a2.csv', 'b.csv']],
  ['a?.csv', ['a+.csv', 'a1.csv', 'a2.csv']],
  ['a[0-9].csv', ['a1.csv', 'a2.csv']],
  ['a[!0-9].csv', ['a+.csv']],
  ['a+.*', ['a+.csv']],
  ['x/*/*.csv', ['x/y/c.csv']],
  ['**/*.csv', ['a+.csv', 'a1.csv', 'a2.csv', 'b.csv', 'x/a1.csv', 'x/y/c.csv']],
  ['x/**', ['x/a1.csv', 'x/y/c.csv', 'x/y/c.txt']],
  ['*/*/*/*', []],
  ['z/*', []],
])('the pattern %s matches as in DuckDB', (pattern, names) => {
  expect(globFiles(join(folder, pattern)).sort()).toEqual(names.map((name) => join(folder, name)));
});

test('a path without special characters is no pattern', () => {
  expect([isGlob('/data/*.csv'), isGlob('/data/a.csv')]).toEqual([true, false]);
});

test('who goes on with the files of a pattern is told which of them has changed, come or gone', () => {
  const scans = [{ table: 't', path: join(folder, 'g*.csv'), format: 'csv', monitorMs: null }];
  const [one, two] = [join(folder, 'g1.csv'), join(folder, 'g2.csv')];
  writeFileSync(one, 'first');
  const position = encodePosition({ rows: 7, files: identitiesOf(scans) });
  expect(rowsBefore(position, scans)).toBe(7);

  writeFileSync(two, 'second');
  expect(() => rowsBefore(position, scans)).toThrow(`File ${two} is not as it was`);
  rmSync(two);
  writeFileSync(one, 'longer');
  expect(() => rowsBefore(position, scans)).toThrow(`File ${one} is not as it was`);
  rmSync(one);
  expect(() => rowsBefore(position, scans)).toThrow(`File ${one} is not as it was`);
});
