/** The types that METADATA columns of a connector may have. */
import { type DataType, type SqlValue, type TableField, typeToText } from '../../core/index.js';
import type { OptionReader } from './option-reader.js';

/** A pattern for the text of a type, by key of METADATA. */
export type MetadataTypes = Readonly<Record<string, RegExp>>;

/** @throws {ConfigurationError} OPTION_VALUE */
export function checkMetadataTypes(
  types: MetadataTypes,
  options: OptionReader,
  columns: readonly TableField[],
  hint: string,
): void {
  for (const { name, type, metadata } of columns) {
    const expected = metadata === undefined ? undefined : types[metadata];
    const text = typeToText(type);
    if (expected === undefined || expected.test(text)) continue;
    throw options.error(
      'OPTION_VALUE',
      `column '${name}' of METADATA '${metadata}' cannot be ${text}`,
      `${hint} CAST it in a computed column.`,
    );
  }
}

/** A moment in milliseconds as a value of TIMESTAMP_LTZ. */
export function ltzOfMillis(millis: bigint, type: DataType): SqlValue {
  return type.kind === 'TIMESTAMP_LTZ' && type.precision > 6 ? millis * 1_000_000n : millis * 1_000n;
}
