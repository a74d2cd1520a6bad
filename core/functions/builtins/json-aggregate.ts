/** JSON_OBJECTAGG and JSON_ARRAYAGG: the values of a group as lists, written as JSON in Python. */
import { quoteString } from '../../render/sql-text.js';
import type { DataType } from '../../types/data-type.js';
import { typeFamily } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import type { AggregateFunction } from '../aggregate-function.js';
import type { FunctionArgument } from '../scalar-function.js';
import { hostCall } from './host-call.js';
import { invoke } from './invoke.js';
import { jsonShape } from './json-shape.js';

/** As Calcite has it. */
const RESULT: DataType = types.notNull(types.varchar(2000));

function shapeOf(value: FunctionArgument['type'], word: unknown): string | null {
  return word === 'json' ? 'json' : value.kind === 'NULL' ? 'string' : jsonShape(value);
}

/** Arguments: a word for NULLs, the key, a word, the value. */
const objectAgg: AggregateFunction = {
  id: 'JSON_OBJECTAGG',
  names: ['JSON_OBJECTAGG'],
  signature: 'JSON_OBJECTAGG([KEY] STRING VALUE ANY [NULL | ABSENT ON NULL])',
  infer: ([, key, word, value]) => {
    if (value === undefined || typeFamily(key!.type) !== 'string') return null;
    return shapeOf(value.type, word!.literal) === null
      ? null
      : { type: RESULT, coercions: [null, null, null, null] };
  },
  render: ([onNull, key, , value], call) => {
    const shape = quoteString(shapeOf(call.argumentTypes[3]!, call.literals[2])!);
    return hostCall(
      'json_object_of',
      shape,
      onNull!,
      invoke('list', [key!], call),
      invoke('list', [value!], call),
    );
  },
};

/** Arguments: a word for NULLs, a word, the value. */
const arrayAgg: AggregateFunction = {
  id: 'JSON_ARRAYAGG',
  names: ['JSON_ARRAYAGG'],
  signature: 'JSON_ARRAYAGG(ANY [NULL | ABSENT ON NULL])',
  infer: ([, word, value]) => {
    if (value === undefined) return null;
    return shapeOf(value.type, word!.literal) === null
      ? null
      : { type: RESULT, coercions: [null, null, null] };
  },
  render: ([onNull, , value], call) => {
    const shape = quoteString(shapeOf(call.argumentTypes[2]!, call.literals[1])!);
    return hostCall('json_array_of', shape, onNull!, invoke('list', [value!], call));
  },
};

/** Entries of this topic. */
export const jsonAggregates: readonly AggregateFunction[] = [objectAgg, arrayAgg];
