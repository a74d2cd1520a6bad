import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeapState } from '../../../core/state/heap-state.js';
import { KEY_GROUPS, keyGroupOf } from '../../../core/state/key-group.js';
import {
  concatenated,
  decodeSnapshot,
  type SavedEntry,
  SnapshotWriter,
} from '../../../core/state/snapshot-file.js';
import { plain } from '../../../core/state/state-backend.js';
import { readStateValue, StateWriter } from '../../../core/state/state-value.js';
import { SteppedMap } from '../../../core/state/stepped-map.js';
import { problem } from '../graph/problem.js';

function encodeSnapshot(entries: Iterable<SavedEntry>): Uint8Array {
  const writer = new SnapshotWriter();
  for (const entry of entries) writer.add(entry);
  return concatenated(writer.finish());
}

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, -0, Number.NaN, Number.NEGATIVE_INFINITY, 2n ** 200n, -1n),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.array(tie('value')),
  ),
}));

test('every value comes back from its bytes as it was', () => {
  fc.assert(
    fc.property(value, (thing) => {
      const writer = new StateWriter();
      writer.write(thing as never);
      expect(readStateValue(writer.bytes)).toEqual(thing);
    }),
    { seed: 30, numRuns: 300 },
  );
});

test('bytes that are cut off or unknown are refused', () => {
  const writer = new StateWriter();
  writer.write(['text', 1n, [2]]);
  const { bytes } = writer;
  for (let length = 0; length < bytes.length; length++) {
    expect(problem(() => readStateValue(bytes.subarray(0, length)))).toMatch(/^STATE_MALFORMED/);
  }
  expect(problem(() => readStateValue(Uint8Array.of(99)))).toMatch(/^STATE_MALFORMED/);
});

test('a snapshot is an Arrow IPC stream that any reader of Arrow opens', () => {
  const entries = [
    { state: 'groups', key: '1:a', value: ['x', 1n] },
    { state: 'watermark', key: null, value: 17 },
  ];
  const bytes = encodeSnapshot(entries);

  const table = tableFromIPC(bytes);
  expect(table.schema.fields.map((field) => field.name)).toEqual(['state', 'key_group', 'key', 'value']);
  expect(table.getChild('key_group')!.toArray()[0]).toBe(keyGroupOf('1:a'));
  const withGroups = entries.map((entry) => ({
    ...entry,
    keyGroup: entry.key === null ? null : keyGroupOf(entry.key),
  }));
  expect([...decodeSnapshot(bytes)]).toEqual(withGroups);
  expect([...decodeSnapshot(encodeSnapshot([]))]).toEqual([]);
});

test('large values are spread over batches whose offsets fit into 32 bits', () => {
  const entries = Array.from({ length: 12 }, (_, i) => ({
    state: 's',
    key: String(i),
    value: new Uint8Array(3 * 2 ** 20).fill(i),
  }));
  const bytes = encodeSnapshot(entries);

  expect(tableFromIPC(bytes).batches.map(({ numRows }) => numRows)).toEqual([3, 3, 3, 3]);
  expect([...decodeSnapshot(bytes)].map(({ value }) => (value as Uint8Array)[0])).toEqual(
    entries.map((_, i) => i),
  );
});

test('a snapshot that is cut off is refused', () => {
  const bytes = encodeSnapshot([{ state: 's', key: 'k', value: 1 }]);
  for (const length of [0, 7, 100, bytes.length - 8, bytes.length - 1]) {
    expect(problem(() => [...decodeSnapshot(bytes.subarray(0, length))])).toMatch(/^(STATE|BATCH)_MALFORMED/);
  }
});

test('keys are spread over all key groups', () => {
  const groups = new Set(Array.from({ length: 5_000 }, (_, i) => keyGroupOf(`key ${i}`)));
  expect(groups.size).toBe(KEY_GROUPS);
});

test('a queue gives things of one moment back in their order, also after a restore', () => {
  const before = new HeapState();
  const queue = before.queue('waiting', plain<string>());
  for (const [time, item] of [
    [2, 'c'],
    [1, 'a'],
    [2, 'd'],
    [1, 'b'],
    [3, 'e'],
  ] as const)
    queue.add(time, item);

  const after = new HeapState(before.snapshot()).queue('waiting', plain<string>());
  expect([...after.due(2)].map(({ item }) => item)).toEqual(['a', 'b', 'c', 'd']);
});

test('what has expired goes after a restore, though a chain of snapshots has the newest first', () => {
  const written = (key: string, atMs: number): SavedEntry[] => [
    { state: 'things', key, value: 1 },
    { state: 'things:written', key, value: atMs },
  ];
  const many = (name: string, atMs: number) =>
    encodeSnapshot(Array.from({ length: 100 }, (_, i) => written(`${name}${i}`, atMs)).flat());
  const map = new SteppedMap<unknown>();
  const store = { keyed: () => map as never, betweenBatches: () => {}, close: async () => {} };
  const chain = concatenated([many('new', 900), many('old', 0)]);
  const ttl = { ms: 1_000, nowMs: () => 1_100 };
  const things = new HeapState(chain, ttl, store).keyed('things', plain(), { expires: true });

  for (let i = 0; i < 60; i++) things.set('written now', i);

  expect(map.size.all).toBe(101);
});
