/** Functions that exist only over a window. Aggregates over a window are in `aggregate.ts`. */

import { implicitlyCastable } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { types, withNullable } from '../../types/types.js';
import type { WindowFunction } from '../aggregate-function.js';
import { accept, signatureText } from '../define.js';
import type { Parameter } from '../parameter.js';
import { any, integer, optional } from '../parameter.js';
import type { FunctionArgument, Inference } from '../scalar-function.js';

function ranking(id: string, type: DataType, parameters: readonly Parameter[] = []): WindowFunction {
  return {
    id,
    names: [id],
    signature: signatureText(id, parameters),
    infer: (args) => {
      const coercions = accept(args, parameters);
      return coercions && { type: withNullable(type, false), coercions };
    },
    render: (args) => `${id.toLowerCase()}(${args.join(', ')})`,
  };
}

function neighbour(id: string): WindowFunction {
  const parameters = [any, optional(integer), optional(any)];
  return {
    id,
    names: [id],
    signature: signatureText(id, parameters),
    infer: (args) => inferNeighbour(args, parameters),
    render: (args) => `${id.toLowerCase()}(${args.join(', ')})`,
  };
}

/** Without a default the result is nullable; the default is cast to the type of the value. */
function inferNeighbour(args: readonly FunctionArgument[], parameters: readonly Parameter[]): Inference {
  const coercions = accept(args, parameters);
  const [value, , standard] = args;
  if (coercions === null || value === undefined) return null;
  if (standard === undefined) return { type: withNullable(value.type, true), coercions };
  if (!implicitlyCastable(standard.type, value.type)) return null;
  const nullable = value.type.nullable || standard.type.nullable;
  return {
    type: withNullable(value.type, nullable),
    coercions: [null, coercions[1] ?? null, withNullable(value.type, standard.type.nullable)],
  };
}

/** Entries of this topic. */
export const windowFunctions: readonly WindowFunction[] = [
  ranking('ROW_NUMBER', types.bigint()),
  ranking('RANK', types.bigint()),
  ranking('DENSE_RANK', types.bigint()),
  ranking('NTILE', types.bigint(), [integer]),
  ranking('PERCENT_RANK', types.double()),
  ranking('CUME_DIST', types.double()),
  neighbour('LAG'),
  neighbour('LEAD'),
];
