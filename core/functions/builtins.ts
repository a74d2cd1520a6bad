/** The table of built-in functions and operators, and how a name with arguments finds its entry. */
import { nearNames } from '../text/near-names.js';
import { typeToText } from '../types/type-text.js';
import type { AggregateFunction, WindowFunction } from './aggregate-function.js';
import { aggregateFunctions } from './builtins/aggregate.js';
import { arithmeticFunctions } from './builtins/arithmetic.js';
import { arrayFunctions } from './builtins/array.js';
import { collectionFunctions } from './builtins/collection.js';
import { comparisonFunctions } from './builtins/comparison.js';
import { conditionalFunctions } from './builtins/conditional.js';
import { datetimeFunctions } from './builtins/datetime.js';
import { encodingFunctions } from './builtins/encoding.js';
import { intervalFunctions } from './builtins/interval.js';
import { jsonFunctions } from './builtins/json.js';
import { jsonTextFunctions } from './builtins/json-text.js';
import { logicFunctions } from './builtins/logic.js';
import { mapFunctions } from './builtins/map.js';
import { mathFunctions } from './builtins/math.js';
import { notNullFunctions } from './builtins/not-null.js';
import { overlapsFunctions } from './builtins/overlaps.js';
import { patternFunctions } from './builtins/pattern.js';
import { printfFunctions } from './builtins/printf.js';
import { repeatedFunctions } from './builtins/repeated.js';
import { textFunctions } from './builtins/text.js';
import { timeWindowFunctions } from './builtins/time-window.js';
import { windowFunctions } from './builtins/window.js';
import type { FunctionArgument, Inference, ResolvedFunction, ScalarFunction } from './scalar-function.js';
import { FunctionResolutionError } from './scalar-function.js';

export type { FunctionArgument, ResolvedFunction } from './scalar-function.js';
export { FunctionResolutionError } from './scalar-function.js';

const SCALARS: readonly ScalarFunction[] = [
  ...comparisonFunctions,
  ...logicFunctions,
  ...arithmeticFunctions,
  ...intervalFunctions,
  ...overlapsFunctions,
  ...mathFunctions,
  ...textFunctions,
  ...patternFunctions,
  ...datetimeFunctions,
  ...conditionalFunctions,
  ...collectionFunctions,
  ...arrayFunctions,
  ...mapFunctions,
  ...encodingFunctions,
  ...printfFunctions,
  ...jsonFunctions,
  ...notNullFunctions,
  ...timeWindowFunctions,
  ...repeatedFunctions,
  ...jsonTextFunctions,
];

interface Entry {
  readonly id: string;
  readonly names: readonly string[];
  readonly signature: string;
  readonly infer: (args: readonly FunctionArgument[]) => Inference;
}

const scalarsByName = byName(SCALARS);
const aggregatesByName = byName(aggregateFunctions);
const windowsByName = byName(windowFunctions);
const scalarsById = byId(SCALARS);
const aggregatesById = byId(aggregateFunctions);
const windowsById = byId(windowFunctions);

/**
 * The scalar function or operator of this name (any case; operators by their symbol: `+`, `IS NULL`, `NOT IN`) for
 * these arguments. Words of the syntax, such as the unit of EXTRACT, are arguments with a `literal`.
 * @throws {FunctionResolutionError} where there is none; the binder adds the place.
 */
export function resolveScalar(name: string, args: readonly FunctionArgument[]): ResolvedFunction {
  return resolve(name, args, scalarsByName);
}

/** True where the name is a built-in scalar function or operator. */
export function isScalar(name: string): boolean {
  return scalarsByName.has(name.toUpperCase());
}

/** True where the name is a built-in aggregate. */
export function isAggregate(name: string): boolean {
  return aggregatesByName.has(name.toUpperCase());
}

/**
 * The aggregate of this name for these arguments; COUNT(*) has none. Only COUNT(DISTINCT …) takes several, as in Flink.
 * @throws {FunctionResolutionError} where there is none.
 */
export function resolveAggregate(
  name: string,
  args: readonly FunctionArgument[],
  distinct: boolean,
): ResolvedFunction {
  const resolved = resolve(name, args, aggregatesByName);
  if (resolved.id === 'COUNT' && args.length > 1 && !distinct) {
    throw new FunctionResolutionError('arguments', 'COUNT of several columns needs DISTINCT.', [
      'COUNT(DISTINCT ANY, …)',
    ]);
  }
  return resolved;
}

/** True where the name exists only with an OVER clause (aggregates may have one too: `isAggregate`). */
export function isWindowFunction(name: string): boolean {
  return windowsByName.has(name.toUpperCase());
}

/**
 * The function of this name over a window: a window function or an aggregate.
 * @throws {FunctionResolutionError} where there is none.
 */
export function resolveWindow(name: string, args: readonly FunctionArgument[]): ResolvedFunction {
  if (/^GROUPING(_ID)?$/i.test(name)) {
    throw new FunctionResolutionError('arguments', `${name} is about GROUP BY and takes no OVER clause.`, []);
  }
  return resolve(name, args, isWindowFunction(name) ? windowsByName : aggregatesByName);
}

/** Names of all built-in functions in alphabetical order, operators left out. */
export function builtinNames(): readonly string[] {
  const names = [...scalarsByName.keys(), ...aggregatesByName.keys(), ...windowsByName.keys()];
  return [...new Set(names)].filter((name) => /^[A-Z_][A-Z0-9_]*$/.test(name)).sort();
}

/** The signatures of a built-in by one of its names, in the order in which they are tried. */
export function builtinSignatures(name: string): readonly string[] {
  return [scalarsByName, aggregatesByName, windowsByName].flatMap((table) =>
    (table.get(name) ?? []).map((entry: Entry) => signatureUnder(name, entry)),
  );
}

function signatureUnder(name: string, { names, signature }: Entry): string {
  const isCall = signature.startsWith(`${names[0]}(`) && /^[A-Z_0-9]+$/.test(name);
  return isCall ? `${name}${signature.slice(names[0]!.length)}` : signature;
}

/** True for ids whose calls may give different values: RAND, UUID, NOW. */
export function isVolatile(id: string): boolean {
  return scalarsById.get(id)?.volatile === true;
}

/** The entry of an id that a plan holds; undefined where there is none. */
export function scalarById(id: string): ScalarFunction | undefined {
  return scalarsById.get(id);
}

/** The aggregate of an id that a plan holds; undefined where there is none. */
export function aggregateById(id: string): AggregateFunction | undefined {
  return aggregatesById.get(id);
}

/** The window function of an id that a plan holds; undefined where there is none. */
export function windowById(id: string): WindowFunction | undefined {
  return windowsById.get(id);
}

function resolve(
  name: string,
  args: readonly FunctionArgument[],
  table: ReadonlyMap<string, readonly Entry[]>,
): ResolvedFunction {
  const key = name.toUpperCase();
  const entries = table.get(key);
  if (entries === undefined) {
    const near = nearNames(key, builtinNames());
    throw new FunctionResolutionError('unknown', `There is no function ${key}.`, near);
  }
  for (const entry of entries) {
    const inferred = entry.infer(args);
    if (inferred !== null) return { id: entry.id, ...inferred };
  }
  const given = args.length === 0 ? 'no arguments' : args.map((a) => typeToText(a.type)).join(', ');
  throw new FunctionResolutionError(
    'arguments',
    `${key} cannot be applied to ${given}.`,
    entries.map((entry) => signatureUnder(key, entry)),
  );
}

function byName<T extends Entry>(entries: readonly T[]): Map<string, T[]> {
  const table = new Map<string, T[]>();
  for (const entry of entries) {
    for (const name of entry.names) table.set(name, [...(table.get(name) ?? []), entry]);
  }
  return table;
}

function byId<T extends Entry>(entries: readonly T[]): Map<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
