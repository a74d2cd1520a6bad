import { expect, it } from 'vitest';
import { type LedgerEntry, nextNumber, turnOf } from '../../../core/index.js';
import { SeededRandom } from '../../support/seeded-random.js';

const CEILING = 100;

it('lets the first who waits take what it wants of what is free', () => {
  const holder = entry('a', { number: 1, grantedBytes: 60 });
  const mine = entry('b', { number: 2, leastBytes: 10 });

  expect(turnOf(mine, [holder], CEILING, (free) => free * 0.75)).toEqual({
    kind: 'go',
    grantedBytes: 30,
    freeBytes: 40,
  });
  expect(turnOf(mine, [holder], CEILING, () => 1)).toMatchObject({ grantedBytes: 10 });
  expect(turnOf(mine, [holder], CEILING, () => 99)).toMatchObject({ grantedBytes: 40 });
});

it('waits for those before it, also where it would fit beside them', () => {
  const large = entry('a', { number: 1, leastBytes: 100 });
  const holder = entry('c', { number: 3, grantedBytes: 20 });
  const small = entry('b', { number: 2, leastBytes: 1 });

  expect(turnOf(small, [large, holder], CEILING, () => 1)).toMatchObject({
    kind: 'wait',
    blockers: [{ id: 'c' }, { id: 'a' }],
    freeBytes: 80,
  });
  expect(turnOf(small, [entry('d', { number: null })], CEILING, () => 1)).toMatchObject({ kind: 'wait' });
  expect(turnOf(small, [entry('a', { number: 2 })], CEILING, () => 1)).toMatchObject({ kind: 'wait' });
  expect(turnOf(small, [entry('c', { number: 2 })], CEILING, () => 1)).toMatchObject({ kind: 'go' });
});

it('never gives out more than there is, whoever reads, writes or dies when, and serves everybody', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = new SeededRandom(seed);
    const board = new Map<string, LedgerEntry>();
    const jobs = new Map(
      Array.from({ length: 6 }, (_, i) => [`j${i}`, job(`j${i}`, random.int(1, 70), board)] as const),
    );
    for (let step = 0; jobs.size > 0; step++) {
      expect(step, `seed ${seed}: nobody goes on`).toBeLessThan(20_000);
      const id = [...jobs.keys()][random.int(0, jobs.size - 1)]!;
      const isDead = random.chance(0.002);
      if (isDead || jobs.get(id)!.next().done === true) {
        jobs.delete(id);
        board.delete(id);
      }
      const granted = [...board.values()].reduce((sum, { grantedBytes }) => sum + (grantedBytes ?? 0), 0);
      expect(granted, `seed ${seed}, step ${step}`).toBeLessThanOrEqual(CEILING);
    }
  }
});

/** A job as the ledger runs it: each write and each read of another's entry is a step of its own. */
function* job(id: string, leastBytes: number, board: Map<string, LedgerEntry>): Generator<void> {
  let mine = entry(id, { number: null, leastBytes });
  board.set(id, mine);
  yield;
  mine = { ...mine, number: nextNumber(yield* readOthers(id, board)) };
  board.set(id, mine);
  yield;
  for (;;) {
    const turn = turnOf(mine, yield* readOthers(id, board), CEILING, (free) => free * 0.75);
    yield;
    if (turn.kind === 'wait') continue;
    board.set(id, { ...mine, grantedBytes: turn.grantedBytes });
    break;
  }
  for (let i = 0; i < 5; i++) yield;
}

function* readOthers(id: string, board: Map<string, LedgerEntry>): Generator<void, LedgerEntry[]> {
  const names = [...board.keys()].filter((name) => name !== id);
  const read: LedgerEntry[] = [];
  for (const name of names) {
    yield;
    const found = board.get(name);
    if (found !== undefined) read.push(found);
  }
  return read;
}

function entry(id: string, rest: Partial<LedgerEntry>): LedgerEntry {
  return { id, number: 1, name: id, pid: 1, leastBytes: 1, grantedBytes: null, ...rest };
}
