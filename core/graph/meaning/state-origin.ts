/** What an operator of a stream makes its state of. */
import type { StreamInput, StreamOperator } from '../../plan/stream-operator.js';
import { typeToText } from '../../types/type-text.js';
import type { ExchangeDraft } from '../assemble/graph-builder.js';
import type { StateOrigin } from '../stage-graph.js';
import { type ColumnMeaning, hashOf, meaningOfOperator, type PlanMeanings } from './plan-meanings.js';

/** An input: where each column that the operator names is, and what all of them are. */
export interface OriginInput {
  readonly exchange: ExchangeDraft;
  readonly positions: ReadonlyMap<string, number>;
  /** By position; absent where it is not known. */
  readonly meanings: ReadonlyMap<number, ColumnMeaning>;
}

/** Many columns are told by the first ones. */
const MOST_NAMED = 8;

/** All of the origin but the rows. */
export function stateOriginOf(
  operator: StreamOperator<string>,
  inputs: readonly OriginInput[],
  meanings: PlanMeanings,
): Omit<StateOrigin, 'rows'> {
  const read: OriginColumn[] = [];
  const at = (column: string, input: number): OriginColumn => {
    const position = inputs[input]!.positions.get(column)!;
    const known = read.find((other) => other.input === input && other.position === position);
    if (known !== undefined) return known;
    const type = typeToText(inputs[input]!.exchange.columns[position]!.type);
    const made = { input, position, type, meaning: meanings.column(column) };
    read.push(made);
    return made;
  };
  const plain = withoutMarks(operator);
  const keepsRows = isOfRows(operator);
  const columns = keepsRows ? inputs.flatMap(allOf) : read;
  const named = meaningOfOperator(plain, (column, input) => at(column, input).meaning.name);
  const placed = meaningOfOperator(plain, (column, input) => {
    const { position } = at(column, input);
    return keepsRows ? position : read.indexOf(at(column, input));
  });
  const isChanging = operator.inputs.map(({ change }) => change !== null);
  const types = keepsRows
    ? inputs.map(({ exchange }) => exchange.columns.map(({ type }) => typeToText(type)))
    : read.map(({ type }) => type);
  return {
    form: hashOf([placed, isChanging, types]),
    text: keepsRows ? textOfRows(inputs) : textOfCalls(named as NamedCalls),
    columns: columns.map(({ meaning }) => meaning),
  };
}

interface OriginColumn {
  readonly input: number;
  readonly position: number;
  readonly type: string;
  readonly meaning: ColumnMeaning;
}

/** Groups remember their keys and what calls have come to; everything else remembers rows as they came. */
function isOfRows(operator: StreamOperator<string>): boolean {
  return operator.kind === 'accumulate' ? operator.keepsRows : !/^(aggregate|hop)$/.test(operator.kind);
}

function allOf({ meanings }: OriginInput, input: number): OriginColumn[] {
  return [...meanings]
    .sort(([a], [b]) => a - b)
    .map(([position, meaning]) => ({ input, position, type: '', meaning }));
}

/** What rows say of themselves is no column of theirs. */
function withoutMarks(operator: StreamOperator<string>): StreamOperator<string> {
  const inputs = operator.inputs.map((): StreamInput<string> => ({ change: null, clock: null }));
  return { ...operator, inputs };
}

interface NamedCalls {
  readonly keys: readonly string[];
  readonly calls: readonly NamedCall[];
  readonly python?: readonly NamedCall[];
}

interface NamedCall {
  readonly function: string;
  readonly distinct: boolean;
  readonly arguments: readonly (
    | string
    | { readonly kind: 'column'; readonly column: string }
    | { readonly kind: 'literal'; readonly value: unknown }
  )[];
}

function textOfCalls({ keys, calls, python = [] }: NamedCalls): string {
  const by = keys.length === 0 ? '' : ` by ${listOf(keys)}`;
  const all = [...calls, ...python].map(textOfCall);
  return `${all.length === 0 ? 'different rows' : all.join(', ')}${by}`;
}

function textOfCall({ function: name, distinct, arguments: args }: NamedCall): string {
  const texts = args.map((argument) => {
    if (typeof argument === 'string') return argument;
    return argument.kind === 'column' ? argument.column : JSON.stringify(argument.value);
  });
  return `${name}(${distinct ? 'DISTINCT ' : ''}${texts.join(', ') || '*'})`;
}

function textOfRows(inputs: readonly OriginInput[]): string {
  return inputs
    .map((input, i) => `(${listOf(allOf(input, i).map(({ meaning }) => meaning.name))})`)
    .join(' and ');
}

function listOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return [...names.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
