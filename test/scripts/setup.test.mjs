import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPython } from '../../scripts/support/find-python.mjs';
import { packagesMatch } from '../../scripts/support/node-packages.mjs';
import { checkPlatform } from '../../scripts/support/platform.mjs';
import { climb, uvSettingsOfPip } from '../../scripts/support/python-environment.mjs';
import { filesBelow, fingerprint, isStamped, writeStamp } from '../../scripts/support/stamp.mjs';
import { assign } from '../../scripts/support/suites.mjs';
import { pytestCounts, vitestCounts } from '../../scripts/support/test-runs.mjs';

describe('the platform', () => {
  it.each([
    ['linux', '20.19.0'],
    ['darwin', '24.1.0'],
  ])('%s with Node %s is accepted', (platform, version) => {
    expect(() => checkPlatform(platform, version)).not.toThrow();
  });

  it.each([
    ['win32', '22.0.0', 'Windows'],
    ['aix', '22.0.0', 'aix'],
    ['linux', '20.18.9', 'too old'],
    ['linux', '18.20.0', 'too old'],
  ])('%s with Node %s is refused: %s', (platform, version, reason) => {
    expect(() => checkPlatform(platform, version)).toThrow(reason);
  });
});

describe('npm packages', () => {
  const lock = {
    '': { name: 'millstream' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b-darwin': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  };
  const installed = { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } };

  it('match where only builds for other platforms are missing', () => {
    expect(packagesMatch(lock, installed)).toBe(true);
  });

  it.each([
    ['nothing is installed', {}],
    ['a version differs', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['a content differs', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }],
    [
      'a package is too many',
      { ...installed, 'node_modules/c': { version: '1.0.0', integrity: 'sha512-c' } },
    ],
  ])('do not match where %s', (_title, found) => {
    expect(packagesMatch(lock, found)).toBe(false);
  });
});

describe('finding Python', () => {
  const answers = {
    'python3.12': '["/usr/bin/python3.12", [3, 12, 1]]',
    python3: '["/usr/bin/python3", [3, 9, 2]]',
  };

  it('takes the newest that runs and passes over shims that fail', () => {
    expect(findPython((command) => answers[command] ?? null, null)).toEqual({
      executable: '/usr/bin/python3.12',
      version: '3.12.1',
    });
  });

  it('names what it found where that is too old', () => {
    const run = (command) => (command === 'python3' ? (answers.python3 ?? null) : null);
    expect(() => findPython(run, null)).toThrow('No Python 3.10 or newer was found (python3 is 3.9.2)');
  });

  it('takes MILLSTREAM_PYTHON and nothing else where it is set', () => {
    const run = (command) => answers[command] ?? null;
    expect(findPython(run, 'python3.12').executable).toBe('/usr/bin/python3.12');
    expect(() => findPython(run, 'nosuch')).toThrow('MILLSTREAM_PYTHON=nosuch');
  });
});

describe('the ladder to a Python environment', () => {
  const rung = (name, reason) => ({
    name,
    make: async () => reason,
    hint: `hint of ${name}`,
  });

  it('stops at the first rung that works', async () => {
    const tried = [];
    const noting = (name, reason) => ({
      ...rung(name, reason),
      make: async () => {
        tried.push(name);
        return reason;
      },
    });

    await climb([noting('uv', 'not on PATH'), noting('pip', null), noting('venv', null)]);

    expect(tried).toEqual(['uv', 'pip']);
  });

  it('says why each rung failed and what to do', async () => {
    await expect(climb([rung('uv', 'not on PATH'), rung('venv', 'no ensurepip')])).rejects.toMatchObject({
      message: 'The Python environment could not be made.\nuv: not on PATH\nvenv: no ensurepip',
      hint: 'hint of venv',
    });
  });

  it("hands pip's settings to uv, which does not read them, but not over uv's own", () => {
    expect(
      uvSettingsOfPip({ PIP_INDEX_URL: 'https://a', PIP_CERT: '/ca.pem', SSL_CERT_FILE: '/own.pem' }),
    ).toEqual({
      UV_NO_PROGRESS: '1',
      UV_DEFAULT_INDEX: 'https://a',
    });
  });
});

describe('stamps', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millstream-stamp-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('change with the content and the names of files, not with their order', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    await writeFile(a, '1');
    await writeFile(b, '2');
    const before = fingerprint(folder, [a, b]);

    expect(fingerprint(folder, [b, a])).toBe(before);
    expect(fingerprint(folder, [a])).not.toBe(before);
    await writeFile(b, '3');
    expect(fingerprint(folder, [a, b])).not.toBe(before);
  });

  it('hold only for the value they were written with', () => {
    const stamp = join(folder, 'deep/stamp');
    expect(isStamped(stamp, 'x')).toBe(false);
    writeStamp(stamp, 'x');
    expect([isStamped(stamp, 'x'), isStamped(stamp, 'y')]).toEqual([true, false]);
  });

  it('do not look into hidden folders and packages', async () => {
    for (const path of ['src', '.git', 'node_modules']) {
      await mkdir(join(folder, path));
      await writeFile(join(folder, path, 'x.ts'), '');
    }
    expect(filesBelow(folder, (name) => name.endsWith('.ts'))).toEqual([join(folder, 'src/x.ts')]);
  });
});

describe('test suites', () => {
  it('give every file to exactly one suite, by default to unit', () => {
    const files = [
      'test/core/a.test.ts',
      'test/bridge/b.test.ts',
      'test/python-udf/test_c.py',
      'test/new.test.ts',
    ];

    const owners = new Map();
    for (const { name, vitest, pytest } of assign(files)) {
      for (const file of [...vitest, ...pytest]) owners.set(file, name);
    }

    expect([...owners].sort()).toEqual([
      ['test/bridge/b.test.ts', 'bridge'],
      ['test/core/a.test.ts', 'unit'],
      ['test/new.test.ts', 'unit'],
      ['test/python-udf/test_c.py', 'functions'],
    ]);
  });

  it('count a test file that cannot be loaded as a failure', () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'failed', assertionResults: [{}] },
      ],
    };
    expect(vitestCounts(report)).toEqual({ passed: 4, failed: 2, skipped: 2 });
  });

  it("read the counts of pytest's report", () => {
    const xml =
      '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1.0">';
    expect(pytestCounts(xml)).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });
});
