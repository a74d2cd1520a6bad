/** The six comparisons of SQL, by their symbols. */

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** The comparison with its operands exchanged. */
export const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Whether the comparison holds, by the order of its operands: negative where the first comes first. */
export const HOLDS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

export function isComparison(symbol: string): symbol is Comparison {
  return symbol in MIRRORED;
}
