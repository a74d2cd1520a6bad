import { expect, it, vi } from 'vitest';
import { LineSplitter } from '../../../operators/connectors/line-splitter.js';

const splitter = () => new LineSplitter('\n'.charCodeAt(0));
const taken = (pieces: readonly string[]) => {
  const own = splitter();
  const lines = [...pieces.flatMap((piece) => own.take(Buffer.from(piece))), ...own.rest()];
  return lines.map(String);
};

it.each<[pieces: readonly string[], lines: readonly string[]]>([
  [['a\nb\n'], ['a', 'b']],
  [
    ['a\n', '\nb'],
    ['a', '', 'b'],
  ],
  [
    ['a', 'b', 'c\nd', '\n'],
    ['abc', 'd'],
  ],
  [['ab', '\n'], ['ab']],
  [[], []],
])('pieces %j are the lines %j', (pieces, lines) => {
  expect(taken(pieces)).toEqual(lines);
});

it('a line in many pieces is put together once', () => {
  const concat = vi.spyOn(Buffer, 'concat');
  try {
    expect(taken([...Array.from({ length: 100 }, () => 'a'), '\n'])).toEqual(['a'.repeat(100)]);
    expect(concat).toHaveBeenCalledTimes(1);
  } finally {
    concat.mockRestore();
  }
});
