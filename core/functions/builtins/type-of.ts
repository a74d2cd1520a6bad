/** The text of a type that TYPEOF gives. */
import type { DataType } from '../../types/data-type.js';
import { typeToText } from '../../types/type-text.js';
import { MAX_LENGTH } from '../../types/types.js';

/** As in messages; `full` writes STRING and BYTES with their length, so that every reader of types takes it. */
export function fullTypeText(type: DataType, full: boolean): string {
  const text = typeToText(type);
  if (!full) return text;
  return text
    .replaceAll(/\bSTRING\b/g, `VARCHAR(${MAX_LENGTH})`)
    .replaceAll(/\bBYTES\b/g, `VARBINARY(${MAX_LENGTH})`);
}
