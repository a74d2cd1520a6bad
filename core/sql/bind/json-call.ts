/** The JSON functions of the SQL standard as plain calls: their clauses become arguments. */
import type {
  ArgumentNode,
  ArgumentValue,
  ExpressionNode,
  FunctionCallNode,
  JsonBehavior,
  JsonCallNode,
} from '../ast.js';

/**
 * The call that a JSON function stands for. Clauses come as texts in the order of the signatures in
 * `functions/builtins/json.ts`; a RETURNING type comes as a NULL of that type.
 */
export function plainJsonCall(node: JsonCallNode): FunctionCallNode {
  const { span } = node;
  const name = { span, parts: [{ span, name: node.function }] };
  return {
    kind: 'function_call',
    span,
    name,
    arguments: argumentsOf(node).map((value): ArgumentNode => ({ span: value.span, name: null, value })),
    distinct: false,
    nulls: null,
    withinGroup: [],
    filter: node.filter,
    over: null,
  };
}

function argumentsOf(node: JsonCallNode): readonly ArgumentValue[] {
  const { span } = node;
  const word = (text: string): ExpressionNode => ({ kind: 'literal', type: 'string', value: text, span });
  const none: ExpressionNode = { kind: 'literal', type: 'null', span };
  const behavior = (given: JsonBehavior | null, standard: string) => word(given?.kind ?? standard);
  const value = (given: JsonBehavior | null) => (given?.kind === 'default' ? given.value : none);
  const returning: ExpressionNode =
    node.returning === null
      ? none
      : { kind: 'cast', operand: none, type: node.returning, safe: false, span: node.returning.span };
  switch (node.function) {
    case 'JSON_EXISTS':
      return [...node.arguments, behavior(node.onError, 'false')];
    case 'JSON_VALUE':
      return [
        ...node.arguments,
        returning,
        behavior(node.onEmpty, 'null'),
        value(node.onEmpty),
        behavior(node.onError, 'null'),
        value(node.onError),
      ];
    case 'JSON_QUERY':
      return [
        ...node.arguments,
        returning,
        word(node.wrapper ?? 'without'),
        behavior(node.onEmpty, 'null'),
        behavior(node.onError, 'null'),
      ];
    case 'JSON_OBJECT':
    case 'JSON_OBJECTAGG':
      return [
        word(node.onNull ?? 'null'),
        ...node.arguments.flatMap((each, i) => (i % 2 === 0 ? [each] : jsonItem(each))),
      ];
    case 'JSON_ARRAY':
    case 'JSON_ARRAYAGG':
      return [word(node.onNull ?? 'absent'), ...node.arguments.flatMap(jsonItem)];
  }
}

/** A value with a word before it: `json` where its text is JSON already, as the result of another constructor. */
function jsonItem(node: ExpressionNode): readonly ExpressionNode[] {
  const word = (value: 'json' | 'value'): ExpressionNode => ({
    kind: 'literal',
    type: 'string',
    value,
    span: node.span,
  });
  if (node.kind === 'format_json') return [word('json'), node.operand];
  if (node.kind === 'json_call') {
    return [word(['JSON_OBJECT', 'JSON_ARRAY'].includes(node.function) ? 'json' : 'value'), node];
  }
  const [operand] = node.kind === 'function_call' ? node.arguments : [];
  if (operand !== undefined && isJsonFunction(node) && 'kind' in operand.value) {
    return [word('json'), operand.value as ExpressionNode];
  }
  return [word('value'), node];
}

/** `JSON(text)`: text that is put into a constructor as it is. */
function isJsonFunction(node: ExpressionNode): boolean {
  return (
    node.kind === 'function_call' &&
    node.arguments.length === 1 &&
    node.name.parts.length === 1 &&
    node.name.parts[0]!.name.toUpperCase() === 'JSON'
  );
}
