import { beforeEach, describe, expect, it } from 'vitest';
import { BlockTable, CORE } from '../../../bridge/shared-memory/block-table.js';

const ARENA_BYTES = 4096;
const block = (generation: number, offset: number, length: number) => ({
  arena: 1,
  offset,
  length,
  generation,
});

let table: BlockTable;
beforeEach(() => {
  table = new BlockTable();
});

describe('holds of a block', () => {
  it('end one by one, and the last one frees it', () => {
    const only = block(1, 64, 100);
    table.admit(only, ARENA_BYTES);
    table.hold(1, 7);
    table.hold(1, 7);

    expect(table.release(1, CORE)).toBeNull();
    expect(table.release(1, 7)).toBeNull();
    expect(table.isEmpty).toBe(false);
    expect(table.release(1, 7)).toBe(only);
    expect(table.isEmpty).toBe(true);
  });

  it('of a worker that has ended end together', () => {
    table.admit(block(1, 0, 64), ARENA_BYTES);
    table.admit(block(2, 64, 64), ARENA_BYTES);
    for (const generation of [1, 2]) {
      table.hold(generation, 7);
      table.hold(generation, 7);
    }
    table.release(1, CORE);

    expect(table.releaseAll(7).map(({ generation }) => generation)).toEqual([1]);
    expect(table.release(2, CORE)?.generation).toBe(2);
  });
});

describe('what a worker says that cannot be', () => {
  beforeEach(() => {
    table.admit(block(5, 128, 128), ARENA_BYTES);
  });

  it.each([
    ['outside of the arena', block(6, 4032, 65)],
    ['far outside', block(6, Number.MAX_SAFE_INTEGER - 63, 64)],
    ['empty', block(6, 0, 0)],
    ['between cache lines', block(6, 8, 64)],
    ['over another at its end', block(6, 192, 128)],
    ['over another at its start', block(6, 64, 65)],
    ['over all of another', block(6, 64, 512)],
    ['of a generation that was there', block(5, 1024, 64)],
    ['of an older generation', block(4, 1024, 64)],
  ])('is refused: a block %s', (_, hostile) => {
    expect(() => table.admit(hostile, ARENA_BYTES)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_BLOCK' }),
    );
  });

  it.each([
    ['it does not hold', 5, 7],
    ['nobody holds', 6, 7],
  ])('is refused: a release of a block that %s', (_, generation, worker) => {
    expect(() => table.release(generation, worker)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_BLOCK' }),
    );
  });

  it('leaves room for what fits between blocks', () => {
    table.admit(block(6, 0, 128), ARENA_BYTES);
    table.admit(block(7, 256, ARENA_BYTES - 256), ARENA_BYTES);

    expect(table.isEmpty).toBe(false);
  });
});
