import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const run = (...args: readonly string[]) => promisify(execFile)(process.execPath, args, { cwd: ROOT });

describe('the TypeScript examples', { timeout: 120_000 }, () => {
  it('compile', async () => {
    await run('node_modules/typescript/bin/tsc', '-p', 'examples/typescript');
    await run('node_modules/typescript/bin/tsc', '-p', 'examples/streaming');
  });

  it('find the airports with the most late flights', async () => {
    const { stdout } = await run('dist/cli/main.js', 'run', 'examples/typescript/flights.ts');

    expect(stdout.trimEnd().split('\n')).toEqual([
      'ORD  37862 of 166341 late',
      'DFW  30789 of 157162 late',
      'ATL  25775 of 124711 late',
      'LAX  22414 of 115245 late',
      'PHX  19730 of 93036 late',
    ]);
  });

  it('send the records of a generator through Python', async () => {
    const { stdout } = await run('dist/cli/main.js', 'run', 'examples/typescript/measurements.ts');

    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { minute: 0, fahrenheit: 68 },
      { minute: 1, fahrenheit: 68.9 },
      { minute: 2, fahrenheit: null },
      { minute: 3, fahrenheit: 70.7 },
    ]);
  });
});

describe('the page of the TypeScript API', { timeout: 120_000 }, () => {
  let folder = '';
  let blocks: readonly string[] = [];
  beforeAll(async () => {
    const page = await readFile(join(ROOT, 'docs/typescript-api.md'), 'utf8');
    blocks = [...page.matchAll(/```(?:ts|text)\n([\s\S]*?)```/g)].map(([, text]) => text!);
    folder = await mkdtemp(join(tmpdir(), 'millstream-page-'));
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules', 'millstream'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('begins with a program that prints what the page says', async () => {
    await writeFile(join(folder, 'program.mts'), blocks[0]!);

    const { stdout } = await run('--import', 'tsx', join(folder, 'program.mts'));

    expect(stdout).toBe(blocks[1]);
  });

  it('has programs that compile', async () => {
    const options = { extends: join(ROOT, 'examples/typescript/tsconfig.json'), include: ['all.mts'] };
    const typeRoots = [join(ROOT, 'node_modules/@types')];
    await writeFile(join(folder, 'all.mts'), [blocks[0], ...blocks.slice(2)].join('\n'));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ ...options, compilerOptions: { typeRoots } }),
    );

    await run('node_modules/typescript/bin/tsc', '-p', folder);
  });
});
