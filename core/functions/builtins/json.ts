/** JSON functions. All but IS JSON's names are computed in Python: see `host-call.ts`. */
import { quoteString } from '../../render/sql-text.js';
import type { DataType } from '../../types/data-type.js';
import { typeFamily } from '../../types/type-family.js';
import { types, withNullable } from '../../types/types.js';
import { define } from '../define.js';
import { any, text } from '../parameter.js';
import type { FunctionArgument, Inference, RenderCall, ScalarFunction } from '../scalar-function.js';
import { hostCall } from './host-call.js';
import { jsonShape } from './json-shape.js';

const STRING = types.string();

const kindTest = (kind: string, negated: boolean): ScalarFunction =>
  define({
    id: `IS ${negated ? 'NOT ' : ''}JSON ${kind}`,
    parameters: [text],
    result: types.boolean(),
    nulls: 'never',
    render: ([value]) => `${negated ? 'NOT ' : ''}${hostCall('is_json', value!, quoteString(kind))}`,
  });

/** The word by which JSON_VALUE checks a RETURNING type; null where Flink has none. */
function returnedKind(type: DataType): string | null {
  const { kind } = type;
  if (kind === 'NULL' || typeFamily(type) === 'string') return 'STRING';
  return kind === 'BOOLEAN' || kind === 'INT' || kind === 'DOUBLE' ? kind : null;
}

const jsonValue: ScalarFunction = {
  id: 'JSON_VALUE',
  names: ['JSON_VALUE'],
  signature:
    'JSON_VALUE(STRING, path [RETURNING type] [NULL | ERROR | DEFAULT ANY ON EMPTY] [NULL | ERROR | DEFAULT ANY ON ERROR])',
  infer: (args) => {
    const [input, path, returning, onEmpty, empty, onError, standard] = args;
    if (standard === undefined || !isText(input!) || !isText(path!)) return null;
    const type = returning!.type.kind === 'NULL' ? STRING : returning!.type;
    if (returnedKind(type) === null) return null;
    return {
      type: withNullable(type, true),
      coercions: [
        onText(input!),
        onText(path!),
        null,
        onText(onEmpty!),
        ...[empty, onError, standard].map(() => STRING),
      ],
    };
  },
  render: ([input, path, , onEmpty, empty, onError, standard], { resultType }) => {
    const kind = returnedKind(resultType)!;
    const found = hostCall(
      'json_value',
      input!,
      path!,
      quoteString(kind),
      onEmpty!,
      empty!,
      onError!,
      standard!,
    );
    const target = kind === 'INT' ? 'INTEGER' : kind;
    return kind === 'STRING' ? found : `CAST(${found} AS ${target})`;
  },
};

const jsonQuery: ScalarFunction = {
  id: 'JSON_QUERY',
  names: ['JSON_QUERY'],
  signature:
    'JSON_QUERY(STRING, path [RETURNING STRING | ARRAY<STRING>] [WITHOUT | WITH [CONDITIONAL | UNCONDITIONAL] ARRAY WRAPPER] [NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT ON EMPTY] [… ON ERROR])',
  infer: (args) => {
    const [input, path, returning] = args;
    if (args.length !== 6 || !isText(input!) || !isText(path!)) return null;
    const type = returning!.type.kind === 'NULL' ? STRING : returning!.type;
    const isTexts = type.kind === 'ARRAY' && typeFamily(type.element) === 'string';
    if (!isTexts && typeFamily(type) !== 'string') return null;
    return {
      type: withNullable(type, true),
      coercions: [onText(input!), onText(path!), null, null, null, null],
    };
  },
  render: ([input, path, , ...clauses], { resultType }) =>
    hostCall(resultType.kind === 'ARRAY' ? 'json_query_array' : 'json_query', input!, path!, ...clauses),
};

function isText({ type }: FunctionArgument): boolean {
  return type.kind === 'NULL' || typeFamily(type) === 'string';
}

const onText = ({ type }: FunctionArgument): DataType | null => (type.kind === 'NULL' ? STRING : null);

/** Constructors: a word for NULLs, then items, each with a word and a value, and before them a key where `step` is 3. */
const makes = (id: string, signature: string, step: 2 | 3, duckDb: string): ScalarFunction => ({
  id,
  names: [id],
  signature,
  infer: ([, ...items]) => inferConstructor(items, step),
  render: ([onNull, ...items], { argumentTypes, literals }) => {
    const shapes: string[] = [];
    const shipped: string[] = [];
    for (let i = 0; i < items.length; i += step) {
      const at = i + step - 1;
      shapes.push(literals[at] === 'json' ? 'json' : jsonShape(argumentTypes[at + 1]!)!);
      if (step === 3) shipped.push(items[i]!);
      shipped.push(items[at]!);
    }
    return hostCall(duckDb, quoteString(shapes.join(',')), onNull!, ...shipped);
  },
});

function inferConstructor(items: readonly FunctionArgument[], step: 2 | 3): Inference {
  const coercions: (DataType | null)[] = [null];
  for (const [i, item] of items.entries()) {
    const part = i % step;
    if (
      step === 3 &&
      part === 0 &&
      (typeof item.literal !== 'string' || typeFamily(item.type) !== 'string')
    ) {
      return null;
    }
    if (part === step - 1 && item.type.kind !== 'NULL' && jsonShape(item.type) === null) return null;
    coercions.push(part === step - 1 && item.type.kind === 'NULL' ? STRING : null);
  }
  return { type: types.notNull(STRING), coercions };
}

const asJson: RenderCall = ([value], { argumentTypes }) =>
  hostCall('json_string', quoteString(jsonShape(argumentTypes[0]!)!), value!);

/** Entries of this topic. */
export const jsonFunctions: readonly ScalarFunction[] = [
  ...['VALUE', 'OBJECT', 'ARRAY', 'SCALAR'].flatMap((kind) => [kindTest(kind, false), kindTest(kind, true)]),
  define({
    id: 'JSON_EXISTS',
    parameters: [text, text, text],
    result: types.boolean(),
    nulls: 'always',
    render: (args) => hostCall('json_exists', ...args),
  }),
  jsonValue,
  jsonQuery,
  {
    id: 'JSON',
    names: ['JSON'],
    signature: 'JSON(STRING), which is only a value of JSON_OBJECT and JSON_ARRAY',
    infer: () => null,
    render: () => '',
  },
  makes('JSON_OBJECT', "JSON_OBJECT([[KEY] 'key' VALUE ANY, …] [NULL | ABSENT ON NULL])", 3, 'json_object'),
  makes('JSON_ARRAY', 'JSON_ARRAY([ANY, …] [NULL | ABSENT ON NULL])', 2, 'json_array'),
  define({
    id: 'JSON_STRING',
    parameters: [any],
    result: ([type]) => (jsonShape(type!) === null ? null : STRING),
    render: asJson,
  }),
  define({
    id: 'JSON_QUOTE',
    parameters: [text],
    result: STRING,
    render: ([a]) => hostCall('json_quote', a!),
  }),
  define({
    id: 'JSON_UNQUOTE',
    parameters: [text],
    result: STRING,
    render: ([a]) => hostCall('json_unquote', a!),
  }),
];
