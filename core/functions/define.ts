/** Makes entries of the function table from parameters and a result rule. */
import type { DataType } from '../types/data-type.js';
import { withNullable } from '../types/types.js';
import type { Parameter } from './parameter.js';
import type { FunctionArgument, Inference, RenderCall, ScalarFunction } from './scalar-function.js';

/** Result type from the coerced argument types; its own nullability is ignored. */
export type ResultRule = (types: readonly DataType[], args: readonly FunctionArgument[]) => DataType | null;

/** When a result is nullable: with any argument (the usual case), always, or never. */
export type NullRule = 'arguments' | 'always' | 'never';

interface Definition {
  readonly id: string;
  /** Other names, or the only names where `id` is not one itself. */
  readonly names?: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly result: DataType | ResultRule;
  readonly nulls?: NullRule;
  readonly render: RenderCall;
  readonly volatile?: boolean;
}

/** An entry with a parameter list. Its SQL name is its id unless `names` says otherwise. */
export function define(definition: Definition): ScalarFunction {
  const { id, parameters, result, nulls = 'arguments', render } = definition;
  const names = definition.names ?? [id];
  const rule: ResultRule = typeof result === 'function' ? result : () => result;
  return {
    id,
    names,
    signature: signatureText(names[0]!, parameters),
    infer: (args) => inferCall(args, parameters, rule, nulls),
    render,
    ...(definition.volatile === true ? { volatile: true } : {}),
  };
}

/** An entry that plans call and no name of SQL does. */
export function internal(id: string, render: RenderCall): ScalarFunction {
  return { id, names: [], signature: id, infer: () => null, render };
}

function inferCall(
  args: readonly FunctionArgument[],
  parameters: readonly Parameter[],
  rule: ResultRule,
  nulls: NullRule,
): Inference {
  const coercions = accept(args, parameters);
  if (coercions === null) return null;
  const types = args.map((arg, i) => withNullable(coercions[i] ?? arg.type, arg.type.nullable));
  const bare = rule(types, args);
  if (bare === null) return null;
  return { type: withNullable(bare, isNullable(types, nulls)), coercions };
}

/** The coercion of each argument, or null where one does not fit or the count is wrong. */
export function accept(
  args: readonly FunctionArgument[],
  parameters: readonly Parameter[],
): (DataType | null)[] | null {
  const needed = parameters.filter((p) => !p.optional).length;
  const unlimited = parameters.at(-1)?.repeated ?? false;
  if (args.length < needed || (!unlimited && args.length > parameters.length)) return null;
  const coercions: (DataType | null)[] = [];
  for (const [i, arg] of args.entries()) {
    const accepted = parameters[Math.min(i, parameters.length - 1)]!.accept(arg);
    if (accepted === null) return null;
    coercions.push(accepted === 'same' ? null : withNullable(accepted, arg.type.nullable));
  }
  return coercions;
}

function isNullable(types: readonly DataType[], nulls: NullRule): boolean {
  return nulls === 'always' || (nulls === 'arguments' && types.some((t) => t.nullable));
}

/** `NAME(A, B [, C] [, D…])` for messages. */
export function signatureText(name: string, parameters: readonly Parameter[]): string {
  const parts = parameters.map((p, i) => {
    const label = p.repeated ? `${p.label}…` : p.label;
    const separated = i > 0 ? `, ${label}` : label;
    return p.optional ? ` [${separated}]` : separated;
  });
  return /^[A-Z]/.test(name) && !/[ ]/.test(name)
    ? `${name}(${parts.join('')})`
    : operatorText(name, parameters);
}

function operatorText(name: string, parameters: readonly Parameter[]): string {
  const [first, ...rest] = parameters.map((p) => (p.repeated ? `${p.label}…` : p.label));
  if (rest.length === 0) return /^IS /.test(name) ? `${first} ${name}` : `${name}${first}`;
  return [first, name, rest.join(' ')].join(' ');
}

/** Renders a DuckDB function with the same arguments. */
export function call(name: string): RenderCall {
  return (args) => `${name}(${args.join(', ')})`;
}
