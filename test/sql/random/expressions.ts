/** Random expressions of every type over given columns, whose values are the same on any engine. */
import type { SeededRandom } from '../../support/seeded-random.js';
import type { Column, ColumnType } from './column.js';

const MOST_DEPTH = 3;
const CONSTANT = /^(-?\d|'|TRUE|FALSE|CAST\(-?\d|TIMESTAMP ')/;

/** True where GROUP BY would take the expression for a constant. */
export function isConstant(expression: string): boolean {
  return CONSTANT.test(expression);
}

export class RandomExpressions {
  constructor(private readonly random: SeededRandom) {}

  /** A column of the type; a constant where there is none. */
  column(columns: readonly Column[], type: ColumnType): string {
    const known = columns.filter((column) => column.type === type);
    return known.length === 0 ? this.constant(type) : this.random.pick(known).name;
  }

  of(columns: readonly Column[], type: ColumnType, depth = 0): string {
    if (depth === MOST_DEPTH || this.random.chance(0.35)) {
      return this.random.chance(0.85) ? this.column(columns, type) : this.constant(type);
    }
    const part = (wanted: ColumnType) => this.of(columns, wanted, depth + 1);
    return this.random.chance(0.25) ? this.#conditional(part, type) : this.#call(part, type);
  }

  /** An aggregate of the columns, and the type of its result. */
  aggregate(columns: readonly Column[]): { readonly type: ColumnType; readonly sql: string } {
    const { random } = this;
    const of = (type: ColumnType) => this.of(columns, type, 1);
    const distinct = random.chance(0.25) ? 'DISTINCT ' : '';
    const filter = random.chance(0.2) ? ` FILTER (WHERE ${of('boolean')})` : '';
    const [type, call] = random.pick<readonly [ColumnType, () => string]>([
      ['integer', () => 'COUNT(*)'],
      ['integer', () => `COUNT(${distinct}${of(random.pick(['integer', 'text', 'decimal', 'time']))})`],
      ['integer', () => `SUM(${distinct}${of('integer')})`],
      ['integer', () => `MAX(${of('integer')})`],
      ['integer', () => `AVG(${of('integer')})`],
      ['text', () => `MIN(${of('text')})`],
      ['text', () => `MAX(${of('text')})`],
      // Sums of quarters are exact in any order.
      ['double', () => `SUM(${this.column(columns, 'double')})`],
      ['double', () => `MAX(${of('double')})`],
      ['time', () => `MAX(${of('time')})`],
    ]);
    return { type, sql: `${call()}${filter}` };
  }

  constant(type: ColumnType): string {
    const { random } = this;
    switch (type) {
      case 'integer':
        return String(random.int(-9, 20));
      case 'text':
        return `'${random.pick(['a', 'zz', '', 'Ö', 'b c'])}'`;
      case 'double':
        return `CAST(${random.int(-20, 20) / 4} AS DOUBLE)`;
      case 'decimal':
        return `CAST(${(random.int(-999, 999) / 100).toFixed(2)} AS DECIMAL(10, 2))`;
      case 'boolean':
        return random.pick(['TRUE', 'FALSE']);
      case 'time':
        return `TIMESTAMP '2024-01-01 00:0${random.int(0, 5)}:${random.int(10, 59)}'`;
    }
  }

  #conditional(part: (type: ColumnType) => string, type: ColumnType): string {
    return this.random.pick([
      () => `CASE WHEN ${part('boolean')} THEN ${part(type)} END`,
      () => `CASE WHEN ${part('boolean')} THEN ${part(type)} ELSE ${part(type)} END`,
      () => `COALESCE(${part(type)}, ${part(type)})`,
      () => `NULLIF(${part(type)}, ${part(type)})`,
    ])();
  }

  #call(part: (type: ColumnType) => string, type: ColumnType): string {
    const { random } = this;
    const calls: Record<ColumnType, readonly (() => string)[]> = {
      integer: [
        () => `(${part('integer')} ${random.pick(['+', '-', '*'])} ${part('integer')})`,
        () => `ABS(${part('integer')})`,
        () => `MOD(${part('integer')}, ${random.int(2, 6)})`,
        () => `SIGN(${part('integer')})`,
        () => `CHAR_LENGTH(${part('text')})`,
        () => `ASCII(${part('text')})`,
        () => `POSITION(${part('text')} IN ${part('text')})`,
        () => `CAST(${part('double')} AS BIGINT)`,
        () => `EXTRACT(${random.pick(['SECOND', 'MINUTE', 'HOUR', 'DAY'])} FROM ${part('time')})`,
        () => `TIMESTAMPDIFF(SECOND, ${part('time')}, ${part('time')})`,
        () => `GREATEST(${part('integer')}, ${part('integer')})`,
      ],
      text: [
        () => `(${part('text')} || ${part('text')})`,
        () => `UPPER(${part('text')})`,
        () => `SUBSTRING(${part('text')}, ${random.int(1, 3)}, ${random.int(0, 3)})`,
        () => `TRIM(${part('text')})`,
        () => `REPLACE(${part('text')}, 'a', ${part('text')})`,
        () => `LPAD(${part('text')}, ${random.int(1, 5)}, '*')`,
        () => `REVERSE(${part('text')})`,
        () => `SPLIT_INDEX(${part('text')}, ' ', 0)`,
        () => `CONCAT_WS('-', ${part('text')}, ${part('text')})`,
        () => `REGEXP_REPLACE(${part('text')}, '[a-c]', '.')`,
        () => `MD5(${part('text')})`,
        () => `DATE_FORMAT(${part('time')}, 'HH:mm')`,
        () => `CAST(${part(random.pick(['integer', 'decimal', 'time', 'boolean', 'double']))} AS STRING)`,
      ],
      double: [
        () => `(${part('double')} ${random.pick(['+', '-', '*'])} ${part('double')})`,
        () => `ABS(${part('double')})`,
        () => `FLOOR(${part('double')})`,
        () => `CAST(${part(random.pick(['integer', 'decimal']))} AS DOUBLE)`,
      ],
      decimal: [
        () => `CAST(${part('decimal')} + ${part('decimal')} AS DECIMAL(10, 2))`,
        () => `CAST(${part('decimal')} * 2 AS DECIMAL(10, 2))`,
        () => `ABS(${part('decimal')})`,
        () => `ROUND(${part('decimal')}, 1)`,
        () => `CAST(${part('integer')} AS DECIMAL(10, 2))`,
      ],
      boolean: [
        () => `${part('integer')} ${random.pick(['<', '<=', '>', '>=', '=', '<>'])} ${part('integer')}`,
        () => `${part('text')} ${random.pick(['<', '=', '<>'])} ${part('text')}`,
        () => `(${part('boolean')} ${random.pick(['AND', 'OR'])} ${part('boolean')})`,
        () => `NOT (${part('boolean')})`,
        () => `${part(random.pick(['integer', 'text', 'time']))} IS ${random.pick(['', 'NOT '])}NULL`,
        () => `${part('integer')} IN (${random.int(0, 5)}, ${part('integer')})`,
        () => `${part('text')} LIKE '${random.pick(['a%', '%c', '_', '%'])}'`,
        () => `${part('time')} > ${part('time')}`,
        () => `${part('decimal')} BETWEEN ${part('decimal')} AND ${part('decimal')}`,
        () => `${part('boolean')} IS ${random.pick(['TRUE', 'NOT FALSE', 'UNKNOWN'])}`,
        () => `${part('boolean')} IS DISTINCT FROM ${part('boolean')}`,
      ],
      time: [
        () => `(${part('time')} + INTERVAL '${random.int(1, 50)}' SECOND)`,
        () => `FLOOR(${part('time')} TO ${random.pick(['MINUTE', 'HOUR'])})`,
        () => `TIMESTAMPADD(MINUTE, ${random.int(-3, 3)}, ${part('time')})`,
      ],
    };
    return random.pick(calls[type])();
  }
}
