import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, millstream, startMillstream } from './support/command.js';

let folder = '';
let job = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-debug-test-'));
  job = join(folder, 'job.sql');
  await writeFile(
    join(folder, 'debugged.py'),
    `from millstream import udf


@udf
def twice(x: int) -> int:
    y = 2 * x
    if x == 2:
        breakpoint()
    return y
`,
  );
  await writeFile(
    job,
    `CREATE TEMPORARY FUNCTION twice AS 'debugged.twice' LANGUAGE PYTHON;
     SELECT twice(x) AS r FROM (VALUES (CAST(1 AS BIGINT)), (2), (3)) AS t(x);`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function debug(commands: string, ...options: string[]) {
  const child = startMillstream(['run', job, '--format', 'csv', '--quiet', '--debug', ...options]);
  child.stdin.end(commands);
  const { code, stdout, stderr } = await ended(child);
  return { code, stdout: stdout.toString(), stderr };
}

describe('breakpoint() in a function', () => {
  it('opens the debugger on the terminal, where variables can be seen and changed', async () => {
    const { code, stdout, stderr } = await debug('p x, y\ny = 40\nc\n', 'twice');

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'r\n2\n40\n6\n' });
    expect(stderr).toMatch(/> .*debugged\.py\(\d+\)twice\(\)\n[\s\S]*\(Pdb\) \(2, 4\)\n/);
  });

  it('ends the job with q', async () => {
    const { code, stdout, stderr } = await debug('q\n', 'twice');

    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('The job was ended from the debugger, in function `twice`.');
  });

  it('is passed over with a note where the function is not debugged', async () => {
    const { code, stdout, stderr } = await debug('', 'other');

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'r\n2\n4\n6\n' });
    expect(stderr).toMatch(
      /breakpoint\(\) at debugged\.py:8 was passed over: .* --debug twice to stop there/,
    );
    expect(stderr).toContain('No breakpoint() of the function other was reached.');
  });

  it('waits for the debugger of an editor on a port', async () => {
    await mkdir(join(folder, 'packages'));
    await writeFile(
      join(folder, 'packages/debugpy.py'),
      `def listen(address): print("listening on", *address)
def wait_for_client(): print("connected")
def breakpoint(): print("stopped")
`,
    );

    const packages = join(folder, 'packages');
    const { code, stderr } = await debug('', 'twice', '--dap', '5678', '-D', `python.files=${packages}`);

    expect(code).toBe(0);
    expect(stderr).toContain('[twice] listening on 127.0.0.1 5678\n');
    expect(stderr).toContain('[twice] connected\n[twice] stopped\n');
  });

  it('needs the package of the port, and a terminal that the job does not come by', async () => {
    const missing = await debug('', 'twice', '--dap', '5678', '-D', 'millstream.replay.save=false');
    const taken = await millstream(['run', '-', '--debug', 'twice'], 'SELECT 1');

    expect(missing.stderr).toContain('UDF_PACKAGE_MISSING: --dap needs the package debugpy');
    expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining('--debug needs standard input') });
  });
});
