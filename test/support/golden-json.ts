/** Values in the JSON of Arrow's integration tests, in the form of `valueText` (`arrays.ts`). */
import type { ArrowType, FieldLayout } from '../../core/batch/field-layout.js';

export interface GoldenColumn {
  readonly count: number;
  readonly VALIDITY?: readonly number[];
  readonly OFFSET?: readonly (number | string)[];
  readonly DATA?: readonly GoldenValue[];
  readonly children?: readonly GoldenColumn[];
}

export interface GoldenJson {
  readonly batches: readonly { readonly count: number; readonly columns: readonly GoldenColumn[] }[];
}

type GoldenValue = number | string | boolean | Readonly<Record<string, number | string>>;

/** What the JSON says of a row. */
export function goldenText(column: GoldenColumn, layout: FieldLayout, row: number): string {
  if (layout.layout === 'null' || column.VALIDITY?.[row] === 0) return 'null';
  const { DATA, OFFSET, children } = column;
  const range = (start: number, end: number) => {
    const texts = Array.from({ length: end - start }, (_, i) =>
      goldenText(children![0]!, layout.children[0]!, start + i),
    );
    return `[${texts.join(' ')}]`;
  };
  switch (layout.layout) {
    case 'bits':
      return String(Number(DATA![row]));
    case 'fixed':
      return fixedText(layout.type, layout.width, DATA![row]!);
    case 'bytes':
      return layout.type.name === 'utf8'
        ? Buffer.from(DATA![row] as string).toString('hex')
        : (DATA![row] as string).toLowerCase();
    case 'list':
      return range(Number(OFFSET![row]), Number(OFFSET![row + 1]));
    case 'fixed_list':
      return range(row * layout.width, (row + 1) * layout.width);
    case 'struct':
      return `{${layout.children.map((child, i) => goldenText(children![i]!, child, row)).join(' ')}}`;
  }
}

function fixedText(type: ArrowType, width: number, value: GoldenValue): string {
  const bytes = Buffer.alloc(width);
  switch (type.name) {
    case 'fixed_binary':
      return (value as string).toLowerCase();
    case 'float':
      if (width === 4) bytes.writeFloatLE(Number(value));
      else bytes.writeDoubleLE(Number(value));
      return bytes.toString('hex');
    case 'interval_day_time': {
      const { days, milliseconds } = value as Record<string, number | string>;
      return integerText(days!, 4) + integerText(milliseconds!, 4);
    }
    case 'interval_month_day_nano': {
      const { months, days, nanoseconds } = value as Record<string, number | string>;
      return integerText(months!, 4) + integerText(days!, 4) + integerText(nanoseconds!, 8);
    }
    default:
      return integerText(value as number | string, width);
  }
}

/** Two's complement, little-endian. */
function integerText(value: number | string, width: number): string {
  const digits = BigInt.asUintN(width * 8, BigInt(value))
    .toString(16)
    .padStart(width * 2, '0');
  return Buffer.from(digits, 'hex').reverse().toString('hex');
}
