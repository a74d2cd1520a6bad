/** Rows of a result against a reference: the same values in any order of rows. */

/** A value as text; null is NULL. */
export type Row = readonly (string | null)[];

/** Numbers of a DOUBLE or of an AVG with another scale agree to a millionth. */
const TOLERANCE = 1e-6;

/** The first rows that are in one of the two and not in the other, or null where the two agree. */
export function difference(given: readonly Row[], expected: readonly Row[]): string | null {
  if (given.length !== expected.length) return `${given.length} rows instead of ${expected.length}`;
  const [left, right] = [sorted(given), sorted(expected)];
  const at = left.findIndex((row, i) => !sameRow(row, right[i]!));
  return at === -1 ? null : `${JSON.stringify(left[at])} instead of ${JSON.stringify(right[at])}`;
}

function sorted(rows: readonly Row[]): Row[] {
  const keyed = rows.map((row) => ({ row, key: row.map(coarse).join('\u0000') }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}

/** Numbers that agree have the same text here, but for those on a border of rounding. */
function coarse(value: string | null): string {
  if (value === null) return '\u0001';
  return isNumber(value) ? Number(value).toPrecision(4) : value;
}

function sameRow(a: Row, b: Row): boolean {
  return a.length === b.length && a.every((value, i) => sameValue(value, b[i]!));
}

function sameValue(a: string | null, b: string | null): boolean {
  if (a === null || b === null || !isNumber(a) || !isNumber(b)) return a === b;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= TOLERANCE * Math.max(1, Math.abs(x), Math.abs(y));
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text);
}
