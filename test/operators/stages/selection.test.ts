import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnGroup } from '../../../core/index.js';
import { selectRows } from '../../../operators/stages/selection.js';

const group = (messageRows: number, selection: Int32Array | null): ColumnGroup => ({
  schema: 1,
  message: new Uint8Array(),
  shared: null,
  messageRows,
  selection,
});

/** What the group contributes, row by row. */
const rowsOf = ({ messageRows, selection }: ColumnGroup): number[] =>
  selection === null ? Array.from({ length: messageRows }, (_, i) => i) : [...selection];

describe('selectRows', () => {
  it('leaves a group without a selection as it is', () => {
    const whole = group(3, null);

    expect(selectRows(whole, null)).toBe(whole);
  });

  it('composes selections as if each stage had copied its rows', () => {
    const positions = (rows: number) =>
      fc.array(fc.nat({ max: Math.max(0, rows - 1) }), { maxLength: rows === 0 ? 0 : 20 });
    const chain = fc
      .integer({ min: 0, max: 20 })
      .chain((rows) =>
        positions(rows).chain((first) => positions(first.length).map((second) => ({ rows, first, second }))),
      );

    fc.assert(
      fc.property(chain, ({ rows, first, second }) => {
        const seen = selectRows(
          selectRows(group(rows, null), Int32Array.from(first)),
          Int32Array.from(second),
        );
        expect(rowsOf(seen)).toEqual(second.map((position) => first[position]));
      }),
      { seed: 20_240_501 },
    );
  });
});
