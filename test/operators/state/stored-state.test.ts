import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeapState, plain, type SqlValue, writeCheckpoint } from '../../../core/index.js';
import { checkpointFolder } from '../../../operators/ports/checkpoint-folder.js';
import type { RowsResult } from '../../../operators/session/session-types.js';
import { listStates, readStates, type StateFilter } from '../../../operators/state/stored-state.js';
import { valuesKey } from '../../../operators/streaming/value-key.js';

const STAGES = [
  { id: 'source-1', uid: 'a', description: 'datagen events', keeps: 'position', columns: [], rows: '' },
  { id: 'stream-2', uid: 'b', description: 'aggregate of COUNT', keeps: 'state', columns: [], rows: '' },
] as const;
const ALL: StateFilter = { stage: null, state: null, key: null };

const asBytes = async (pickles: readonly Uint8Array[]) => pickles.map(() => null);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ms-state-'));
  const state = new HeapState();
  const groups = state.keyed('groups', plain());
  groups.set(valuesKey(['de', 42n]), [7n, null]);
  groups.set(valuesKey(['fr', null]), [9n, 'x']);
  state.value('time', plain<number>(), 1_000);
  const states = new Map([
    ['source-1', new TextEncoder().encode('{"made":10}')],
    ['stream-2', state.snapshot()],
  ]);
  const job = { job: 'j', origin: 'j', stages: STAGES, plan: '' };
  await writeCheckpoint(checkpointFolder(folder), 'savepoint-1', { id: 3, states }, job, 0);
});
afterAll(() => rm(folder, { recursive: true }));

async function rowsOf(result: RowsResult): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const batch of result.batches()) {
    for (let row = 0; row < batch.rows; row++)
      rows.push(result.columns.map((_, column) => JSON.parse(batch.jsonText(row, column))));
  }
  return rows;
}

describe('a savepoint', () => {
  it('is listed by stages and the names of their states', async () => {
    const rows = await rowsOf(await listStates(folder));

    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['source-1', 'datagen events', 'position', '1'],
      ['stream-2', 'aggregate of COUNT', 'time', '1'],
      ['stream-2', 'aggregate of COUNT', 'groups', '2'],
    ]);
  });

  it('shows pickles among its values by what they hold, where they can be read', async () => {
    const [pickle, other, bytes] = [
      [0x80, 5, 0x4e, 0x2e],
      [0x80, 5, 1, 0x2e],
      [1, 0x2e],
    ].map((each) => Uint8Array.from(each));
    const state = new HeapState();
    state.value('kept', plain<SqlValue>(), ['k', [pickle!, other!], bytes!]);
    const place = await mkdtemp(join(tmpdir(), 'ms-state-'));
    const states = new Map([['stream-2', state.snapshot()]]);
    const job = { job: 'j', origin: 'j', stages: STAGES.slice(1), plan: '' };
    await writeCheckpoint(checkpointFolder(place), 'savepoint-1', { id: 1, states }, job, 0);
    const asked: (readonly Uint8Array[])[] = [];
    const show = async (pickles: readonly Uint8Array[]) => {
      asked.push(pickles);
      return ['{"n":1}', null];
    };

    const rows = await rowsOf(await readStates(place, ALL, show));
    await rm(place, { recursive: true });

    expect(asked.map((pickles) => pickles.map((each) => [...each]))).toEqual([[[...pickle!], [...other!]]]);
    expect(rows.map((row) => row.at(-1))).toEqual([
      '["k",[{"$python":{"n":1}},{"$bytes":"gAUBLg=="}],{"$bytes":"AS4="}]',
    ]);
  });

  it('is exported whole, keys and values as JSON', async () => {
    const rows = await rowsOf(await readStates(folder, ALL, asBytes));

    expect(rows.map(([stage, state, , ...rest]) => [stage, state, ...rest])).toEqual([
      ['source-1', 'position', null, '{"made":10}'],
      ['stream-2', 'time', null, '1000'],
      ['stream-2', 'groups', '["de",42]', '[7,null]'],
      ['stream-2', 'groups', '["fr",null]', '[9,"x"]'],
    ]);
    expect(rows.map(([, , group]) => group !== null)).toEqual([false, false, true, true]);
  });

  it.each(['["fr",null]', ' [ "fr", null ] '])('gives one key: %s', async (key) => {
    const wanted = { stage: 'stream-2', state: 'groups', key };

    expect((await rowsOf(await readStates(folder, wanted, asBytes))).map((row) => row.at(-1))).toEqual([
      '[9,"x"]',
    ]);
  });

  it('says how a key is written where it is no JSON', async () => {
    const wanted = { stage: 'stream-2', state: 'groups', key: 'fr' };

    await expect(readStates(folder, wanted, asBytes)).rejects.toMatchObject({
      code: 'STATE_KEY',
      message: 'The key fr is no JSON.',
      hint: `Write the values of the key as they are shown without it: '["de",42]'.`,
    });
  });

  it('is named where there is none', async () => {
    await expect(listStates(join(folder, 'none'))).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_FOUND',
      message: `There is no complete checkpoint in ${join(folder, 'none')}.`,
    });
  });

  it.each([
    [{ ...ALL, stage: 'stream-3' }, "has no stage 'stream-3'", "Did you mean 'stream-2'?"],
    [{ ...ALL, stage: 'stream-2', state: 'rows' }, "has no state 'rows'", 'It has: time, groups.'],
  ])('says what there is where %j is not', async (filter, message, hint) => {
    await expect(readStates(folder, filter, asBytes)).rejects.toMatchObject({
      code: 'STATE_NOT_FOUND',
      message: expect.stringContaining(message),
      hint,
    });
  });
});
