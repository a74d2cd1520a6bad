import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type Batch,
  decodeRows,
  type Exchange,
  type OperatorContext,
  parseTypeText,
  SchemaRegistry,
  type SourceStage,
  type StreamElement,
} from '../../../core/index.js';
import type { ConnectorHost } from '../../../operators/connectors/connector.js';
import { FILESYSTEM } from '../../../operators/connectors/filesystem/filesystem.js';
import { ManualClock, promisesSettle } from '../../support/manual-clock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const event = (id: number) => `{"after":{"id":${id}},"op":"c"}\n`;

function put(name: string, content: string | Uint8Array, second: number): void {
  writeFileSync(join(folder, name), content);
  utimesSync(join(folder, name), second, second);
}

/** A source over the folder, the rows that it gave, and what it says to a checkpoint. */
function sourceOf(more: Readonly<Record<string, string>> = {}, state: Uint8Array | null = null) {
  const columns = [{ name: 'id', type: parseTypeText('INT') }];
  const stage: SourceStage = {
    kind: 'source',
    id: 'source-1',
    description: 'filesystem t',
    inputs: [],
    output: 'x1',
    table: 't',
    connector: 'filesystem',
    options: { connector: 'filesystem', path: '.', format: 'debezium-json', ...more },
    declared: columns,
    columns,
    bounded: true,
    primaryKey: [],
    partitionedBy: [],
    hasPosition: true,
  };
  const exchange = {
    id: 'x1',
    producer: 'source-1',
    columns,
    groups: [[0]],
  } as unknown as Exchange;
  const clock = new ManualClock();
  const stop = new AbortController();
  const schemas = new SchemaRegistry();
  const rows: unknown[] = [];
  const states: Uint8Array[] = [];
  const graph = { stages: [stage], exchanges: [exchange], mode: 'streaming' } as const;
  const restored = state === null ? null : new Map([['source-1', state]]);
  const host = {
    job: { graph, schemas, restored },
    clock,
    workingDirectory: folder,
  } as unknown as ConnectorHost;
  const source = FILESYSTEM.source!(stage, host);
  const context = {
    signal: stop.signal,
    clock,
    timers: clock,
    output: {
      emit: async (element: StreamElement) => {
        if (element.kind === 'batch') rows.push(...decodeRows(element as Batch, exchange, schemas).flat());
      },
    },
    acknowledge: (_id: number, own: Uint8Array) => states.push(own),
  } as unknown as OperatorContext;
  const positionNow = async () => {
    await source.snapshot({ kind: 'barrier', checkpointId: 1, isLast: false });
    return states.at(-1)!;
  };
  return { source, context, rows, stop, clock, positionNow };
}

it('files of records are read line by line, the older first, unpacked where they are packed', async () => {
  put('b.json', `${event(1)}\r\n${event(2).trim()}`, 10);
  put('a.json.gz', gzipSync(event(3)), 20);
  put('_hidden', 'nothing', 5);
  const { source, context, rows } = sourceOf();

  await source.open(context);
  await source.run();

  expect(rows).toEqual([1, 2, 3]);
});

it('a checkpoint knows the file and the line, and a file that is another one is told', async () => {
  put('a.json', event(1) + event(2), 10);
  put('b.json', event(3), 20);
  const first = sourceOf();
  await first.source.open(first.context);
  const position = JSON.parse(Buffer.from(await first.positionNow()).toString());
  const behind = Buffer.from(JSON.stringify({ ...position, lines: 1 }));

  const next = sourceOf({}, behind);
  await next.source.open(next.context);
  await next.source.run();
  expect(next.rows).toEqual([2, 3]);

  const atEnd = sourceOf({}, await next.positionNow());
  await atEnd.source.open(atEnd.context);
  await atEnd.source.run();
  expect(atEnd.rows).toEqual([]);

  put('b.json', event(4), 30);
  const changed = sourceOf({}, behind);
  await expect(changed.source.open(changed.context)).rejects.toThrow(/b\.json is not as it was/);
});

it('of a file that grows while it is read, the lines are read that had begun when it was found', async () => {
  put('a.json', event(1) + event(2).slice(0, 5), 10);
  const { source, context, rows } = sourceOf();
  await source.open(context);
  appendFileSync(join(folder, 'a.json'), event(2).slice(5) + event(3));
  await source.run();

  expect(rows).toEqual([1, 2]);
});

it('files that come to a monitored folder are read once, also by a job that goes on', async () => {
  put('a.json', event(1), 10);
  const monitored = { 'source.monitor-interval': '1 s' };
  const { source, context, rows, stop, clock, positionNow } = sourceOf(monitored);
  await source.open(context);
  const run = source.run();
  await expect.poll(() => rows).toEqual([1]);
  put('b.json', event(2), 20);
  await expect.poll(() => clock.fireNext()).toBe(true);
  await expect.poll(() => rows).toEqual([1, 2]);
  await promisesSettle();
  const position = await positionNow();
  stop.abort();
  await run;

  put('c.json', event(3), 5);
  const next = sourceOf(monitored, position);
  await next.source.open(next.context);
  const again = next.source.run();
  await expect.poll(() => next.rows).toEqual([3]);
  next.stop.abort();
  await again;
});

it.each<[content: string, message: RegExp]>([
  [`${event(1)}\nnonsense\n`, /line 3 of .*a\.json cannot be read: "nonsense" is no JSON object/],
  ['{"after":{"id":"x"},"op":"c"}', /line 1 of .*a\.json cannot be read: field "id": "x" is no INT/],
])('a record that cannot be read is told with file and line: %j', async (content, message) => {
  put('a.json', content, 10);
  const { source, context } = sourceOf();
  await source.open(context);
  await expect(source.run()).rejects.toThrow(message);
});

it('a packed file that is broken, and a path that is not there, are told', async () => {
  put('a.json.gz', gzipSync(event(3)).subarray(0, 12), 20);
  const { source, context } = sourceOf();
  await source.open(context);
  await expect(source.run()).rejects.toThrow(/a\.json\.gz cannot be read: unexpected end of file/);

  const nowhere = sourceOf({ path: 'nowhere' });
  await expect(nowhere.source.open(nowhere.context)).rejects.toThrow(/there are no files .*nowhere/);
});
