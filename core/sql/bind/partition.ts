/** Values of partition columns: they become names of folders. */
import type { Expression } from '../../plan/expression.js';
import { literalOf } from '../../plan/expression-builders.js';
import type { DataType } from '../../types/data-type.js';
import { types, withNullable } from '../../types/types.js';

/** The folder of rows without a value, as Hive and Flink name it. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** The empty string is no name of a folder: it goes to the default partition, as in Flink. */
export function partitionValue(value: Expression, column: DataType): Expression {
  const { type } = value;
  if (!column.nullable || !['CHAR', 'VARCHAR', 'STRING'].includes(type.kind)) return value;
  const empty = literalOf('', withNullable(types.string(), false));
  return {
    kind: 'call',
    function: 'NULLIF',
    arguments: [value, empty],
    type: withNullable(type, true),
    span: value.span,
  };
}

/** `dt=2024-01-02/h=1` where every partition column has a value that is the name of its folder; else null. */
export function partitionFolder(
  partitionedBy: readonly string[],
  fixed: ReadonlyMap<string, Expression>,
): string | null {
  if (partitionedBy.length === 0) return null;
  const parts = partitionedBy.map((name) => {
    const value = fixed.get(name);
    const text = value === undefined ? null : folderText(value);
    return text === null ? null : encodedPartition(name, text);
  });
  return parts.includes(null) ? null : parts.join('/');
}

function folderText(value: Expression): string | null {
  if (value.kind !== 'literal') return null;
  if (value.value === null || value.value === '') return DEFAULT_PARTITION;
  return typeof value.value === 'object' ? null : String(value.value);
}

/** One level of a partition's folder: `dt=2024-01-02`. */
export function encodedPartition(column: string, value: string): string {
  return `${encoded(column)}=${encoded(value)}`;
}

/** Percent-encodes what Hive's names of folders do not hold as it is. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
