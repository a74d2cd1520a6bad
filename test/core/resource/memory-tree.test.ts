import { describe, expect, it } from 'vitest';
import {
  divideAmongWorkers,
  divideExchangeBytes,
  duckDbMemoryLimit,
  formatMemory,
  MIB,
  MIN_FUNCTION_WORKER_BYTES,
  MIN_RELATIONAL_WORKER_BYTES,
  memorySetting,
  memoryTree,
  parseMemory,
  SMALL_RELATIONAL_WORKER_BYTES,
  smallTree,
} from '../../../core/index.js';
import { SeededRandom } from '../../support/seeded-random.js';

const LEAST = { relational: MIN_RELATIONAL_WORKER_BYTES, python: MIN_FUNCTION_WORKER_BYTES, state: 0 };

describe('the memory tree', () => {
  it('splits 8 GiB by its formula', () => {
    const tree = memoryTree({ totalBytes: 8192 * MIB, leastBytes: LEAST });

    const tenth = Math.floor(819.2 * MIB);
    expect(tree).toMatchObject({ overhead: tenth, coreHeap: tenth, exchange: tenth, state: 0 });
    expect(tree.relational - LEAST.relational).toBe(tree.python - LEAST.python);
  });

  it('never sums past its total and leaves at most a few bytes, whatever the job has', () => {
    const random = new SeededRandom(5);
    for (let round = 0; round < 500; round++) {
      const totalBytes = random.int(900, 200_000) * MIB + random.int(0, MIB);
      const leastBytes = random.pick([LEAST, { ...LEAST, state: 64 * MIB }, { ...LEAST, relational: 0 }]);

      const { total, ...parts } = memoryTree({ totalBytes, leastBytes });

      const sum = Object.values(parts).reduce((bytes, part) => bytes + part, 0);
      expect(total - sum).toBeGreaterThanOrEqual(0);
      expect(total - sum).toBeLessThan(3);
      for (const kind of ['relational', 'python', 'state'] as const) {
        expect(parts[kind]).toBeGreaterThanOrEqual(leastBytes[kind]);
      }
    }
  });

  it('keeps what the configuration fixes and derives the rest from what is left', () => {
    const tree = memoryTree({
      totalBytes: 4096 * MIB,
      leastBytes: LEAST,
      fixed: { python: 1000 * MIB, exchange: MIB },
    });

    expect([tree.python, tree.exchange]).toEqual([1000 * MIB, MIB]);
    expect(tree.relational).toBe(4096 * MIB - tree.overhead - tree.coreHeap - MIB - 1000 * MIB);
  });

  it('refuses a total that is too small with the sum and the least that works, which then works', () => {
    const refusal = failureOf(() => memoryTree({ totalBytes: 512 * MIB, leastBytes: LEAST }));

    expect(refusal.message).toBe(
      'The job does not fit into 512 MiB: overhead 64 MiB + core 192 MiB + exchanges 64 MiB + ' +
        'relational workers 333 MiB + Python workers 128 MiB = 781 MiB.',
    );
    const least = parseMemory(/'millstream.memory' to (\S+ \S+)/.exec(refusal.hint)![1]!);
    expect(memoryTree({ totalBytes: least, leastBytes: LEAST }).total).toBe(least);
    expect(() => memoryTree({ totalBytes: least - MIB, leastBytes: LEAST })).toThrow('does not fit');
  });

  it('refuses fixed parts that contradict the total', () => {
    expect(() =>
      memoryTree({ totalBytes: 2048 * MIB, leastBytes: LEAST, fixed: { python: 2048 * MIB } }),
    ).toThrow('Python workers 2 GiB');
  });
});

describe('a share', () => {
  it('is divided among fewer workers than wanted where not all would get the least', () => {
    expect(divideAmongWorkers(300 * MIB, 4, 128 * MIB, 'Function workers')).toEqual({
      workers: 2,
      capBytes: 150 * MIB,
    });
    expect(divideAmongWorkers(300 * MIB, 1, 128 * MIB, 'Function workers')).toEqual({
      workers: 1,
      capBytes: 300 * MIB,
    });
  });

  it('that does not hold one worker is refused', () => {
    expect(() => divideAmongWorkers(100 * MIB, 2, 128 * MIB, 'Function workers')).toThrow(
      'Function workers needs 128 MiB for one worker, its share of the memory is 100 MiB.',
    );
  });

  it('of the exchanges must hold two bundles for each user', () => {
    expect(divideExchangeBytes(64 * MIB, ['a', 'b'], 8 * MIB)).toBe(32 * MIB);
    expect(failureOf(() => divideExchangeBytes(30 * MIB, ['a', 'b'], 8 * MIB)).hint).toContain(
      'to 32 MiB or more',
    );
  });
});

describe('the split of little memory', () => {
  it('gives a query without functions what it needs at least, and grows evenly to the usual parts', () => {
    const least = smallTree(298 * MIB);
    expect(least).toMatchObject({
      overhead: 48 * MIB,
      coreHeap: 112 * MIB,
      exchange: 32 * MIB,
      relational: 106 * MIB,
      python: 0,
    });
    const trees = [298, 300, 400, 500, 640].map((mib) => smallTree(mib * MIB));
    for (const tree of trees) {
      expect(tree.overhead + tree.coreHeap + tree.exchange + tree.relational).toBe(tree.total);
    }
    const relational = trees.map((tree) => tree.relational);
    expect(relational).toEqual([...relational].sort((a, b) => a - b));
    expect(smallTree(655 * MIB).relational).toBeGreaterThanOrEqual(MIN_RELATIONAL_WORKER_BYTES - 2 * MIB);
  });

  it('refuses less with the sum and the least that works, fixed parts included', () => {
    const refusal = failureOf(() => smallTree(297 * MIB));
    expect(refusal.message).toBe(
      'The job does not fit into 297 MiB: overhead 48 MiB + core 112 MiB + exchanges 32 MiB + relational workers 106 MiB = 298 MiB.',
    );
    expect(refusal.hint).toContain("'millstream.memory' to 298 MiB or more");
    expect(() => smallTree(400 * MIB, { relational: 300 * MIB })).toThrow(
      'relational workers 300 MiB = 492 MiB',
    );
  });
});

describe("DuckDB's memory limit", () => {
  it('is 0.7 of what the cap leaves beside 150 MiB, from 128 MiB on, and less in small caps', () => {
    expect(duckDbMemoryLimit(1150 * MIB)).toBe(700 * MIB);
    expect(duckDbMemoryLimit(SMALL_RELATIONAL_WORKER_BYTES)).toBe(32 * MIB);
    expect(duckDbMemoryLimit(220 * MIB)).toBe(Math.floor((32 + (114 / 227) * 96) * MIB));
    expect(duckDbMemoryLimit(MIN_RELATIONAL_WORKER_BYTES - 1)).toBeLessThanOrEqual(128 * MIB);
    expect(duckDbMemoryLimit(MIN_RELATIONAL_WORKER_BYTES)).toBeGreaterThanOrEqual(128 * MIB);
  });
});

describe('memory sizes', () => {
  it.each([
    ['256 MB', 256 * MIB],
    ['1gb', 1024 * MIB],
    ['512k', 512 * 1024],
    [' 10 ', 10],
    ['3 MiB', 3 * MIB],
    ['2 kibibytes', 2048],
  ])('%j is %d bytes', (text, bytes) => {
    expect(parseMemory(text)).toBe(bytes);
  });

  it.each(['', 'MB', '1.5 GB', '-1', '5 parsecs', '99999999999 TB'])('%j is none', (text) => {
    expect(() => parseMemory(text)).toThrow(`'${text}' is not a memory size.`);
  });

  it('are rounded up to what can be set where a hint asks for at least so much', () => {
    const least = 4 * 333 * MIB + 1;

    expect(memorySetting(least)).toBe('1333 MiB');
    expect(parseMemory(memorySetting(least))).toBeGreaterThanOrEqual(least);
  });

  it('are shown in the unit people would choose', () => {
    expect([17, 1024, 1536 * 1024, 333 * MIB, 8192 * MIB].map(formatMemory)).toEqual([
      '17 bytes',
      '1 KiB',
      '1.5 MiB',
      '333 MiB',
      '8 GiB',
    ]);
  });
});

function failureOf(work: () => unknown): { message: string; hint: string } {
  try {
    work();
  } catch (error) {
    return error as { message: string; hint: string };
  }
  throw new Error('nothing was refused');
}
