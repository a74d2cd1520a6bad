import { existsSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamOutput } from '../../../cli/output.js';
import { Connection } from '../../../cli/serve/connection.js';
import { FrameWriter } from '../../../cli/serve/frames.js';
import { type Request, readRequest } from '../../../cli/serve/requests.js';

const OPEN: Request = { type: 'open', id: 1, configuration: {}, python: null, mode: null };

describe('Connection', () => {
  it('answers requests in order, the last frame of each is done or failed', async () => {
    const answers = await answered([
      OPEN,
      { type: 'execute', id: 2, sql: "SET 'parallelism.default' = '1'; SHOW CURRENT CATALOG" },
      { type: 'query', id: 3, sql: 'SHOW TABLES', forget: [] },
      { type: 'fetch', id: 4, query: 3 },
      { type: 'fetch', id: 5, query: 3 },
    ]);

    expect(
      answers.map(({ type, id, kind }) => [type, id, kind].filter((part) => part !== undefined)),
    ).toEqual([
      ['done', 1],
      ['outcome', 2, 'ok'],
      ['outcome', 2, 'rows'],
      ['arrow', 2],
      ['arrow', 2],
      ['arrow', 2],
      ['done', 2],
      ['done', 3],
      ['arrow', 4],
      ['arrow', 4],
      ['arrow', 4],
      ['done', 4],
      ['failed', 5],
    ]);
    expect(answers.find(({ id }) => id === 3)?.columns).toEqual([{ name: 'table name', type: 'STRING' }]);
  });

  it('says where in the SQL text an error is', async () => {
    const [, failed] = await answered([OPEN, { type: 'query', id: 2, sql: 'SELECT 1 +', forget: [] }]);

    expect(failed).toMatchObject({ type: 'failed', error: { kind: 'sql', code: 'SQL_SYNTAX' } });
    expect(failed!.excerpt).toContain('  1 | SELECT 1 +');
  });

  it('does not begin a request that was cancelled while it waited', async () => {
    const cancelled: Request = { type: 'cancel', id: 3, request: 2 };

    const [, failed] = await answered([OPEN, { type: 'execute', id: 2, sql: 'SHOW TABLES' }, cancelled]);

    expect(failed).toMatchObject({ type: 'failed', id: 2, error: { kind: 'cancelled', code: 'CANCELLED' } });
  });

  it('removes its folder when it is closed', async () => {
    const [ready] = await answered([OPEN]);

    expect(ready).toMatchObject({ protocol: 1, node: process.versions.node });
    expect(existsSync(ready!.folder as string)).toBe(false);
  });
});

describe('readRequest', () => {
  it.each([null, 5, {}, { type: 'query', id: 1 }, { type: 'toString', id: 1 }, { type: 'explain', sql: '' }])(
    'refuses %j',
    (header) => {
      expect(() => readRequest(header)).toThrow(expect.objectContaining({ code: 'SERVE_REQUEST' }));
    },
  );

  it('takes what is whole', () => {
    expect(readRequest(OPEN)).toBe(OPEN);
  });
});

type Answer = Readonly<Record<string, unknown>>;

/** Headers of all frames that the requests were answered with; the connection is closed then. */
async function answered(requests: readonly Request[]): Promise<Answer[]> {
  const headers: Answer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const text = chunk.toString('utf8', 4, 4 + chunk.readUInt32LE(0));
      if (text.startsWith('{"type"')) headers.push(JSON.parse(text));
      done();
    },
  });
  const connection = new Connection(new FrameWriter(new StreamOutput(stream)), new AbortController().signal);
  for (const request of requests) connection.accept(request);
  await connection.close();
  return headers;
}
