import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedEnvironments, removeEnvironment } from '../../../bridge/index.js';
import { lockFileEnvironments, Session } from '../../../operators/index.js';
import { makeWheel, PYTHON } from '../../support/tiny-wheels.js';

const FUNCTIONS = `
import os
from millstream import udf

NEW = ["tinypack==2.0"]

@udf(packages=["tinypack==1.0"])
def older(x: int) -> str:
    import tinypack
    return f"{tinypack.VERSION}:{x}"

@udf(packages=NEW)
def newer(x: int) -> str:
    import tinypack
    return f"{tinypack.VERSION}:{x}"

@udf
def plain(x: int) -> bool:
    try:
        import tinypack
    except ImportError:
        return False
    return True

@udf(packages=["tinypack>=1", "needsold"])
def chosen(x: int) -> str:
    import tinypack
    return tinypack.VERSION

@udf(packages=["tinypack==2.0", "needsold"])
def impossible(x: int) -> str:
    return ""

@udf(packages=[p for p in NEW])
def computed(x: int) -> str:
    return ""

@udf(python="3.9")
def ancient(x: int) -> str:
    return ""

@udf
def variable(name: str) -> str | None:
    return os.environ.get(name)

@udf
def content(path: str) -> str:
    with open(path) as file:
        return file.read()
`;
const BLOCK = `
# /// script
# requires-python = ">=3.10"
# dependencies = ["tinypack==1.0"]
# ///
import tinypack
from millstream import udf

@udf
def of_file(x: int) -> str:
    return tinypack.VERSION
`;

let folder: string;
const notes: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-environments-'));
  const wheels = join(folder, 'wheels');
  makeWheel(wheels, 'tinypack', '1.0');
  makeWheel(wheels, 'tinypack', '2.0');
  makeWheel(wheels, 'needsold', '1.0', '', ['tinypack<2']);
  await writeFile(join(folder, 'environment_functions.py'), FUNCTIONS);
  await writeFile(join(folder, 'block_functions.py'), BLOCK);
  await writeFile(join(folder, 'requirements.txt'), '# none: the folder of wheels counts\n');
  process.env.MILLSTREAM_CACHE_DIR = join(folder, 'cache');
});
afterAll(async () => {
  delete process.env.MILLSTREAM_CACHE_DIR;
  await rm(folder, { recursive: true, force: true });
});

async function rows(sql: string, configuration: Record<string, string> = {}): Promise<string[]> {
  const session = await Session.open({
    configuration: {
      'python.requirements': 'requirements.txt#wheels',
      'parallelism.default': '2',
      ...configuration,
    },
    workingDirectory: folder,
    jobFolder: null,
    onLog: () => {},
    onProgress: () => {},
    onNote: (text) => notes.push(text),
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode: null,
  });
  try {
    return await rowsOf(session, sql);
  } finally {
    await session.close();
  }
}

async function rowsOf(session: Session, sql: string): Promise<string[]> {
  const found: string[] = [];
  for await (const result of session.execute(sql)) {
    if (result.kind !== 'rows') continue;
    for await (const batch of result.batches()) {
      for (let row = 0; row < batch.rows; row++) {
        found.push(`[${result.columns.map((_, column) => batch.jsonText(row, column)).join(',')}]`);
      }
    }
  }
  return found;
}

function create(...names: string[]): string {
  return names
    .map((name) => {
      const module = name === 'of_file' ? 'block_functions' : 'environment_functions';
      return `CREATE TEMPORARY FUNCTION ${name} AS '${module}.${name}' LANGUAGE PYTHON;\n`;
    })
    .join('');
}

const ONE_ROW = 'FROM (VALUES (CAST(7 AS BIGINT))) AS t(x)';

describe('environments of functions', () => {
  it('two versions of one package run in one query, and each environment is built once', async () => {
    const sql = `${create('older', 'newer', 'plain')}SELECT older(x), newer(x), plain(x), newer(x + 1) ${ONE_ROW}`;

    expect(await rows(sql)).toEqual(['["1.0:7","2.0:7",false,"2.0:8"]']);

    const built = notes.filter((note) => note.startsWith('Built environment'));
    expect(await rows(sql)).toEqual(['["1.0:7","2.0:7",false,"2.0:8"]']);
    expect(notes.filter((note) => note.startsWith('Built environment'))).toEqual(built);
  }, 120_000);

  it('the block of a file holds for all its functions, and an equal environment is the same', async () => {
    const before = environments();

    expect(await rows(`${create('of_file', 'older')}SELECT of_file(x), older(x) ${ONE_ROW}`)).toEqual([
      '["1.0","1.0:7"]',
    ]);
    expect(environments()).toEqual(before);
  }, 60_000);

  it('requirements are met together, and SET wins over the decorator', async () => {
    const set = "SET 'millstream.function.newer.packages' = 'tinypack==1.0';\n";

    expect(await rows(`${set}${create('chosen', 'newer')}SELECT chosen(x), newer(x) ${ONE_ROW}`)).toEqual([
      '["1.0","1.0:7"]',
    ]);
  }, 60_000);

  it.each([
    [
      'impossible',
      { code: 'ENV_BUILD', message: expect.stringMatching(/needsold.*tinypack.*unsatisfiable/s) },
    ],
    [
      'computed',
      { code: 'ENV_DECLARATION', details: expect.objectContaining({ function: 'computed', line: 34 }) },
    ],
    [
      'ancient',
      {
        code: 'VERSION_MISMATCH',
        message: expect.stringMatching(
          /the decorator of ancient \(environment_functions.py:38\) asks for Python 3.9/,
        ),
      },
    ],
  ])(
    'what cannot be had is refused before any row flows: %s',
    async (name, error) => {
      await expect(rows(`${create(name)}SELECT ${name}(x) ${ONE_ROW}`)).rejects.toMatchObject(error);
    },
    60_000,
  );
});

describe('a lock file', () => {
  it('beside a file of functions is used as it is, and refused when it is stale', async () => {
    const source = (version: string) =>
      `from millstream import udf\n\n@udf(packages=["tinypack>=${version}"])\ndef locked(x: int) -> str:\n` +
      '    import tinypack\n    return tinypack.VERSION\n';
    const sql = `CREATE TEMPORARY FUNCTION locked AS 'locked_functions.locked' LANGUAGE PYTHON; SELECT locked(x) ${ONE_ROW}`;
    await writeFile(join(folder, 'locked_functions.py'), source('0.5'));
    const { path } = await lockFileEnvironments({
      file: 'locked_functions.py#wheels',
      workingDirectory: folder,
      onProgress: () => {},
      signal: new AbortController().signal,
    });
    const lock = await readFile(path, 'utf8');

    expect(lock).toMatch(/tinypack==2\.0.*sha256:/s);
    expect(await rows(sql)).toEqual(['["2.0"]']);

    await writeFile(join(folder, 'locked_functions.py'), source('0.6'));
    await expect(rows(sql)).rejects.toMatchObject({ code: 'ENV_LOCK' });
  }, 60_000);
});

describe('the cache folder', () => {
  it('lists what was built, and gives it up when nobody uses it', () => {
    const cache = join(folder, 'cache');
    const [first, ...others] = installedEnvironments(cache);

    expect(first!.packages).toMatchObject({ pyarrow: expect.any(String), tinypack: expect.any(String) });
    expect(first!.users).toEqual([]);
    removeEnvironment(first!);
    expect(installedEnvironments(cache).map(({ key }) => key)).toEqual(others.map(({ key }) => key));
  });
});

describe('what workers see', () => {
  it('is the variables that every program needs and those that are named', async () => {
    process.env.ENVIRONMENTS_TEST_SECRET = 'hidden';
    process.env.ENVIRONMENTS_TEST_SHOWN = 'shown';
    const names = "('ENVIRONMENTS_TEST_SECRET'), ('ENVIRONMENTS_TEST_SHOWN'), ('MODE')";

    const found = await rows(`${create('variable')}SELECT variable(n) FROM (VALUES ${names}) AS t(n)`, {
      'millstream.worker.env': 'ENVIRONMENTS_TEST_SH*,MODE=fast',
    });

    expect(found).toEqual(['[null]', '["shown"]', '["fast"]']);
  });

  it('is the archives of the job in their own folder', async () => {
    await archive('data.zip');
    await archive('more.tar.gz');
    await archive('packed.tar.zst');

    const sql = `${create('content')}SELECT content(p) FROM (VALUES ('data.zip/a.txt'), ('more/a.txt'), ('z/a.txt')) AS t(p)`;

    expect(await rows(sql, { 'python.archives': 'data.zip,more.tar.gz#more,packed.tar.zst#z' })).toEqual([
      '["in data.zip"]',
      '["in more.tar.gz"]',
      '["in packed.tar.zst"]',
    ]);
  });

  it.each([
    ['cut.zip', 'cannot be unpacked'],
    ['leaving.tar.gz', 'leads out of it'],
    ['missing.zip', 'cannot be read'],
  ])('no archive that is broken: %s', async (name, message) => {
    await writeFile(join(folder, 'cut.zip'), 'PK\x03\x04 no more');
    await archive('leaving.tar.gz', '../out.txt');

    await expect(
      rows(`${create('plain')}SELECT plain(x) ${ONE_ROW}`, { 'python.archives': name }),
    ).rejects.toMatchObject({ code: 'ENV_ARCHIVE', message: expect.stringContaining(message) });
    expect(existsSync(join(folder, 'cache/archives/out.txt'))).toBe(false);
  });
});

describe('a long session', () => {
  it('runs new code when the file of a function, or a module that it imports, has changed', async () => {
    await writeFile(join(folder, 'helper_module.py'), 'FACTOR = 2\n');
    await writeFile(
      join(folder, 'changing.py'),
      'from millstream import udf\nimport helper_module\n\n@udf\ndef times(x: int) -> int:\n    return x * helper_module.FACTOR\n',
    );
    const session = await Session.open({
      configuration: { 'parallelism.default': '1' },
      workingDirectory: folder,
      jobFolder: null,
      onLog: () => {},
      onProgress: () => {},
      onNote: () => {},
      print: async () => {},
      signal: new AbortController().signal,
      python: null,
      mode: null,
    });
    const query = `SELECT times(x) ${ONE_ROW}`;
    try {
      await rowsOf(session, "CREATE TEMPORARY FUNCTION times AS 'changing.times' LANGUAGE PYTHON");
      const before = await rowsOf(session, query);
      await writeFile(join(folder, 'helper_module.py'), 'FACTOR = 333\n');

      expect([before, await rowsOf(session, query)]).toEqual([['[14]'], ['[2331]']]);
    } finally {
      await session.close();
    }
  });
});

function environments(): string[] {
  return readdirSync(join(folder, 'cache/environments')).filter((name) => !name.startsWith('.'));
}

/** An archive with the file `entry`, whose text names the archive. */
async function archive(name: string, entry = 'a.txt'): Promise<void> {
  execFileSync(PYTHON, ['-c', PACK, join(folder, name), entry, `in ${name}`]);
}

const PACK = `
import io, sys, tarfile, zipfile
path, entry, text = sys.argv[1:]
if path.endswith(".zip"):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, text)
else:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz" if path.endswith("gz") else "w") as archive:
        member = tarfile.TarInfo(entry)
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text.encode()))
    data = packed.getvalue()
    if path.endswith("zst"):
        import pyarrow as pa
        data = pa.Codec("zstd").compress(data, asbytes=True)
    open(path, "wb").write(data)
`;
