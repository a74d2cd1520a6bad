import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalogFile } from '../../../operators/catalogs/catalog-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-catalog-'));
});
afterEach(() => rm(folder, { recursive: true }));

const append = (line: string) => (text: string | null) => `${text ?? ''}${line}\n`;

it('replaces the file as a whole and leaves nothing beside it', async () => {
  const file = catalogFile(join(folder, 'below', 'c.json'), () => false);
  expect(file.read()).toEqual({ text: null, mark: 'none' });

  file.update(append('one'));
  const { mark } = file.read();
  file.update(append('two'));

  expect(file.read().text).toBe('one\ntwo\n');
  expect(file.read().mark).not.toBe(mark);
  expect(await readdir(join(folder, 'below'))).toEqual(['c.json']);
});

it('loses no change of processes that write at the same time', async () => {
  const path = join(folder, 'c.json');
  const module = pathToFileURL(
    join(import.meta.dirname, '../../../dist/operators/catalogs/catalog-file.js'),
  ).href;
  const program = `const { catalogFile } = await import(${JSON.stringify(module)});
    const file = catalogFile(${JSON.stringify(path)}, () => false);
    for (let i = 0; i < 20; i++) file.update((text) => (text ?? '') + process.pid + '\\n');`;

  const writers = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program]),
  );
  const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]));

  expect(codes).toEqual([0, 0, 0]);
  expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(60);
  expect(await readdir(folder)).toEqual(['c.json']);
});

it('takes the lock of a process that has died', async () => {
  const path = join(folder, 'c.json');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(`${path}.lock`, String(pid));

  catalogFile(path, () => false).update(append('one'));

  expect(await readdir(folder)).toEqual(['c.json']);
});

it('changes nothing while statements are only explained', async () => {
  let planOnly = true;
  const file = catalogFile(join(folder, 'c.json'), () => planOnly);

  file.update(append('planned'));

  expect(file.read().text).toBe('planned\n');
  planOnly = false;
  expect(file.read().text).toBeNull();
  expect(await readdir(folder)).toEqual([]);
});

it('says where it cannot be read', async () => {
  await writeFile(join(folder, 'file'), '');
  const path = join(folder, 'file', 'c.json');
  const file = catalogFile(path, () => false);

  expect(() => file.update(append('one'))).toThrow(`The catalog file ${path} cannot be read`);
});
