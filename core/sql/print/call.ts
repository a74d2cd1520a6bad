/** Text of calls, in the form that the parser takes: some arguments have words between them. */
import type {
  ArgumentNode,
  ArgumentValue,
  FunctionCallNode,
  JsonBehavior,
  JsonCallNode,
  ObjectName,
} from '../ast.js';
import { BINDING } from '../parser/binding.js';
import { isCallableWord, isNiladicWord } from '../reserved-words.js';
import { columnsText, nameText, objectText, words } from './common.js';
import { expressionText, listText } from './expression.js';
import { orderByText, orderText, queryText, windowText } from './query.js';
import { typeText } from './type.js';

/** A call with the clauses behind it. */
export function callText(call: FunctionCallNode): string {
  const over = call.over === null ? '' : 'kind' in call.over ? windowText(call.over) : nameText(call.over);
  return words(
    headText(call),
    call.nulls === null ? '' : `${call.nulls.toUpperCase()} NULLS`,
    call.withinGroup.length > 0 && `WITHIN GROUP (${orderByText(call.withinGroup)})`,
    call.filter !== null && `FILTER (WHERE ${expressionText(call.filter)})`,
    over !== '' && `OVER ${over}`,
  );
}

type Text = (values: readonly string[]) => string;

/** Calls whose arguments stand in a form of their own. */
const FORMS: Readonly<Record<string, Text>> = {
  EXTRACT: ([unit, value]) => `${unit} FROM ${value}`,
  TRIM: ([side, characters, value]) => `${side} ${characters} FROM ${value}`,
  POSITION: ([part, whole, start]) => `${part} IN ${whole}${start === undefined ? '' : ` FROM ${start}`}`,
  OVERLAY: ([value, other, from, length]) =>
    `${value} PLACING ${other} FROM ${from}${length === undefined ? '' : ` FOR ${length}`}`,
  CEIL: roundText,
  CEILING: roundText,
  FLOOR: roundText,
};

/** Calls whose name is a word of the grammar and stands without backticks. */
const WORDS = new Set([...Object.keys(FORMS), 'SUBSTRING']);

function roundText([value, unit]: readonly string[]): string {
  return unit === undefined ? value! : `${value} TO ${unit}`;
}

function headText(call: FunctionCallNode): string {
  const word = call.name.parts.length === 1 ? call.name.parts[0]!.name.toUpperCase() : '';
  const form = FORMS[word];
  if (form !== undefined) {
    // The word IN of POSITION is also an operator.
    const least = word === 'POSITION' ? BINDING.range + 1 : 0;
    return `${call.name.parts[0]!.name}(${form(call.arguments.map(({ value }) => valueText(value, least)))})`;
  }
  if (isNiladicWord(word) && call.arguments.length === 0) return call.name.parts[0]!.name;
  const list = call.arguments.map(argumentText).join(', ');
  return `${functionName(call.name, word)}(${call.distinct ? 'DISTINCT ' : ''}${list})`;
}

function functionName(name: ObjectName, word: string): string {
  return isCallableWord(word) || WORDS.has(word) ? name.parts[0]!.name : objectText(name);
}

function argumentText({ name, value }: ArgumentNode): string {
  return name === null ? valueText(value) : `${nameText(name)} => ${valueText(value)}`;
}

function valueText(value: ArgumentValue, least = 0): string {
  switch (value.kind) {
    case 'star':
      return '*';
    case 'keyword':
      return value.word;
    case 'default':
      return 'DEFAULT';
    case 'descriptor':
      return `DESCRIPTOR${columnsText(value.columns)}`;
    case 'table_argument':
      return words(
        'parts' in value.source ? `TABLE ${objectText(value.source)}` : `(${queryText(value.source)})`,
        value.partitionBy.length > 0 && `PARTITION BY (${listText(value.partitionBy)})`,
        value.orderBy.length > 0 && `ORDER BY (${value.orderBy.map(orderText).join(', ')})`,
      );
    default:
      return expressionText(value, least);
  }
}

/** A JSON function with its clauses. */
export function jsonCallText(call: JsonCallNode): string {
  const clauses = words(
    jsonArguments(call),
    call.returning !== null && `RETURNING ${typeText(call.returning)}`,
    call.wrapper !== null && `${WRAPPERS[call.wrapper]} ARRAY WRAPPER`,
    call.onNull !== null && `${call.onNull.toUpperCase()} ON NULL`,
    call.onEmpty !== null && `${behaviorText(call.onEmpty)} ON EMPTY`,
    call.onError !== null && `${behaviorText(call.onError)} ON ERROR`,
  );
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${expressionText(call.filter)})`;
  return `${call.function}(${clauses})${filter}`;
}

const WRAPPERS = {
  without: 'WITHOUT',
  conditional: 'WITH CONDITIONAL',
  unconditional: 'WITH UNCONDITIONAL',
} as const;

function jsonArguments(call: JsonCallNode): string {
  if (call.function !== 'JSON_OBJECT' && call.function !== 'JSON_OBJECTAGG') return listText(call.arguments);
  const texts = call.arguments.map((one) => expressionText(one));
  const pairs = texts.flatMap((key, i) => (i % 2 === 0 ? [`KEY ${key} VALUE ${texts[i + 1]}`] : []));
  return pairs.join(', ');
}

function behaviorText(behavior: JsonBehavior): string {
  if (behavior.kind === 'default') return `DEFAULT ${expressionText(behavior.value)}`;
  return behavior.kind.replace('_', ' ').toUpperCase();
}
