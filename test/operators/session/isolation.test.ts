/** Jobs whose functions are isolated, in one session each: what they keep, what they are granted, what is refused. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { whyNotTried } from '../../../bridge/isolation/detect.js';
import { Session } from '../../../operators/index.js';

const FUNCTIONS = `import os
import socket

from millstream import current_context, udf


@udf
def content(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError as error:
        return type(error).__name__


@udf
def written(path: str) -> str:
    try:
        with open(path, "w") as file:
            file.write("by a function")
        return "written"
    except OSError as error:
        return type(error).__name__


@udf
def reached(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        return "reached"
    except OSError as error:
        return type(error).__name__


@udf
def process(x: int) -> str:
    return str(os.getpid())


@udf
def cached(x: int) -> str:
    with open(current_context().cached_file("weights")) as file:
        return file.read()
`;
const NAMES = ['content', 'written', 'reached', 'process', 'cached'];
const CREATE = NAMES.map(
  (name) => `CREATE TEMPORARY FUNCTION ${name} AS 'functions.${name}' LANGUAGE PYTHON;`,
).join('\n');

let folder: string;
let server: Server;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-test-'));
  for (const name of ['job', 'data', 'out']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'job', 'functions.py'), FUNCTIONS);
  await writeFile(join(folder, 'job', 'beside.txt'), 'beside');
  await writeFile(join(folder, 'data', 'given.txt'), 'given');
  server = createServer((socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as { port: number }).port;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe.skipIf(whyNotTried() !== null)('functions at the level standard', () => {
  it('read what lies beside them, and neither other folders nor the network', async () => {
    expect(
      await values({}, [
        "content('beside.txt')",
        `content('${join(folder, 'data/given.txt')}')`,
        "written('beside.txt')",
        `reached(CAST(${port} AS BIGINT))`,
      ]),
    ).toEqual(['beside', 'FileNotFoundError', 'OSError', 'ConnectionRefusedError']);
  });

  it('are granted folders to read and to change, files of the cache, and the network', async () => {
    const granted = {
      'millstream.isolation.read': '../data',
      'millstream.isolation.write': '../out',
      'millstream.isolation.network': 'true',
      'pipeline.cached-files': 'name:weights,path:../data/given.txt',
    };

    expect(
      await values(granted, [
        `content('${join(folder, 'data/given.txt')}')`,
        `written('${join(folder, 'out/new.txt')}')`,
        `written('${join(folder, 'data/given.txt')}')`,
        `reached(CAST(${port} AS BIGINT))`,
        'cached(CAST(1 AS BIGINT))',
      ]),
    ).toEqual(['given', 'written', 'OSError', 'reached', 'given']);
    expect(await readFile(join(folder, 'out/new.txt'), 'utf8')).toBe('by a function');
  });

  it('start in a sandbox of their own where there is no zygote', async () => {
    const without = { 'millstream.worker.zygote': 'false' };

    expect(await values(without, ["content('beside.txt')", "content('/etc/shadow')"])).toEqual([
      'beside',
      'FileNotFoundError',
    ]);
  });

  it('are explained with what they were granted', async () => {
    const session = await open({ 'millstream.isolation.read': '../data' });
    try {
      const texts: string[] = [];
      for await (const result of session.explain(`${CREATE} SELECT content('x')`)) {
        if (result.kind === 'explain') texts.push(result.text);
      }
      expect(texts.join()).toContain('\n\nisolation: standard, granted: read ../data');
    } finally {
      await session.close();
    }
  });

  it('are refused where there is no bubblewrap', async () => {
    vi.stubEnv('PATH', '/nowhere');

    await expect(values({}, ["content('x')"])).rejects.toMatchObject({
      code: 'ISOLATION_LEVEL',
      message: expect.stringContaining('bubblewrap (the command bwrap) is not installed'),
    });
  });
});

describe.skipIf(whyNotTried() !== null || process.getuid?.() !== 0)('functions at the level strict', () => {
  it('have workers of their own', async () => {
    const [one, other] = await values({ 'millstream.isolation': 'strict', 'parallelism.default': '1' }, [
      'process(CAST(1 AS BIGINT))',
      "content('/proc/1/comm')",
    ]);

    expect(one).toMatch(/^\d+$/);
    expect(other).toBe('bwrap\n');
    expect(workers).toEqual(['content-1', 'process-1']);
  });
});

let workers: string[] = [];

function open(configuration: Readonly<Record<string, string>>): Promise<Session> {
  return Session.open({
    configuration: { 'parallelism.default': '1', 'millstream.isolation': 'standard', ...configuration },
    workingDirectory: join(folder, 'job'),
    jobFolder: join(folder, 'job'),
    onLog: () => {},
    onProgress: () => {},
    onNote: () => {},
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode: null,
  });
}

/** What each call gives, as one row. */
async function values(
  configuration: Readonly<Record<string, string>>,
  calls: readonly string[],
): Promise<(string | null)[]> {
  const session = await open(configuration);
  try {
    let row: (string | null)[] = [];
    for await (const result of session.execute(`${CREATE} SELECT ${calls.join(', ')}`)) {
      if (result.kind !== 'rows') continue;
      for await (const batch of result.batches()) {
        if (batch.rows > 0) row = calls.map((_, column) => JSON.parse(batch.jsonText(0, column)));
      }
      const used = result.summary()?.workers ?? [];
      workers = used
        .filter(({ kind }) => kind === 'function')
        .map(({ name }) => name)
        .sort();
    }
    return row;
  } finally {
    await session.close();
  }
}
