/** JSON_ARRAYAGG and JSON_OBJECTAGG over a stream: each value becomes JSON when its row comes. */
import { jsonText } from '../../functions/builtins/json-text.js';
import type { AggregateCall, Expression } from '../../plan/expression.js';

/** The call over keys and texts of JSON, under the name that says what NULL is; any other call as it is. */
export function withJsonTexts(call: AggregateCall): AggregateCall {
  if (call.python || !/^JSON_(ARRAY|OBJECT)AGG$/.test(call.function)) return call;
  const [onNull, ...items] = call.arguments as [Expression, ...Expression[]];
  const [word, value] = items.slice(-2) as [Expression, Expression];
  const keepsNull = onNull.kind === 'literal' && onNull.value === 'null';
  const isJson = word.kind === 'literal' && word.value === 'json';
  const args = [...items.slice(0, -2), jsonText(value, isJson)];
  return {
    ...call,
    function: `${call.function}_${keepsNull ? 'NULL' : 'ABSENT'}_ON_NULL`,
    arguments: args,
    argumentNames: args.map(() => null),
  };
}
