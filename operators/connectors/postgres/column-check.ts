/** The columns that a table of PostgreSQL may have here. */
import { type DataType, type TableField, typeToText } from '../../../core/index.js';
import { fieldsOf } from '../fields-of.js';
import type { OptionReader } from '../option-reader.js';

/** @throws {ConfigurationError} OPTION_UNSUPPORTED for a type with parts other than an array of values */
export function checkColumnTypes(options: OptionReader, columns: readonly TableField[]): void {
  const found = fieldsOf(columns).find(({ type }) => !isPlain(type.kind === 'ARRAY' ? type.element : type));
  if (found === undefined) return;
  throw options.error(
    'OPTION_UNSUPPORTED',
    `column '${found.name}' is ${typeToText(found.type)}, which is not read from and written to PostgreSQL`,
    'Columns have a type without parts, or are an ARRAY of one; declare jsonb and others as STRING.',
  );
}

function isPlain({ kind }: DataType): boolean {
  return !WITH_PARTS.has(kind);
}

const WITH_PARTS: ReadonlySet<DataType['kind']> = new Set(['ARRAY', 'MAP', 'MULTISET', 'ROW']);
