import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, millstream, startMillstream } from './support/command.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-main-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the process', () => {
  it('reads a job from standard input', async () => {
    const { code, stdout } = await millstream(['explain', '--sql', '-'], 'SELECT 3');
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'SELECT 3\n' });
  });

  it('runs TypeScript programs with their own arguments and exit code', async () => {
    const file = join(folder, 'program.ts');
    await writeFile(
      file,
      'const text: string = process.argv[2] ?? "";\nconsole.log(text);\nprocess.exitCode = 3;\n',
    );

    const { code, stdout } = await millstream(['run', file, 'hello']);

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 3, stdout: 'hello\n' });
  });

  it('shows the stack of a program that throws, and ends with 1', async () => {
    const file = join(folder, 'broken.mjs');
    await writeFile(file, 'throw new Error("broken");\n');

    const { code, stderr } = await millstream(['run', file]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: broken\n.*broken\.mjs:1/);
  });

  it('shows what to do about an error of Millstream that a program does not catch, and where it came from', async () => {
    const file = join(folder, 'unread.mjs');
    const api = pathToFileURL(resolve('dist/operators/index.js')).href;
    await writeFile(
      file,
      `import { TableEnvironment } from '${api}';
const env = await TableEnvironment.create();
await env.registerPythonFile('nowhere.py');
`,
    );

    const { code, stderr } = await millstream(['run', file]);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error UDF_FILE: .*nowhere\.py cannot be read\.\n {2}at .*nowhere\.py\nRelative paths are .*\n(.*\n)*.*unread\.mjs:3/,
    );
  });

  it('ends with 130 after Ctrl-C, even while a program does not listen', async () => {
    const file = join(folder, 'endless.mjs');
    await writeFile(
      file,
      'console.log("running");\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\n',
    );
    const child = startMillstream(['run', file]);
    const end = ended(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));

    child.kill('SIGINT');

    expect((await end).code).toBe(130);
  });
});
