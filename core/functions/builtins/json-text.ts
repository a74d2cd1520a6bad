/** Values as texts of JSON. */
import type { Expression } from '../../plan/expression.js';
import { literalOf } from '../../plan/expression-builders.js';
import { types, withNullable } from '../../types/types.js';
import { internal } from '../define.js';
import type { ScalarFunction } from '../scalar-function.js';
import { hostCall } from './host-call.js';

const ID = 'JSON_NORMALIZED';
const MAKERS = new Set(['JSON_OBJECT', 'JSON_ARRAY']);

/** The JSON of a value, which is JSON itself where `isJson`; NULL for NULL. */
export function jsonText(value: Expression, isJson: boolean): Expression {
  const type = withNullable(types.string(), value.type.nullable);
  if (value.type.kind === 'NULL') return literalOf(null, types.string());
  if (isJson && value.kind === 'call' && MAKERS.has(value.function)) return value;
  const name = isJson ? ID : 'JSON_STRING';
  return { kind: 'call', function: name, arguments: [value], type, span: value.span };
}

/** Entries of this topic. */
export const jsonTextFunctions: readonly ScalarFunction[] = [
  internal(ID, ([text]) => hostCall('json_string', `'json'`, text!)),
];
