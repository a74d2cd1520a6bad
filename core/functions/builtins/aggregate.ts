/** Aggregate functions. Results have Flink's types: SUM keeps the integer type, AVG of integers truncates. */
import { renderCast } from '../../render/cast.js';
import { isLong, renderOnce } from '../../render/once.js';
import { castTo, operand, quoteString } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DataType } from '../../types/data-type.js';
import { decimalAverage, decimalTotal } from '../../types/decimal-type.js';
import { isApproximate, isInteger } from '../../types/type-family.js';
import { MAX_DECIMAL_PRECISION, types } from '../../types/types.js';
import type { AggregateContext, AggregateFunction } from '../aggregate-function.js';
import { accept, signatureText } from '../define.js';
import type { Parameter } from '../parameter.js';
import { any, comparable, constantText, numeric, optional, repeated, text } from '../parameter.js';
import type { FunctionArgument, Inference } from '../scalar-function.js';
import { type DecimalType, withShortNames } from './decimal-operand.js';
import { decimalQuotientOf } from './decimal-quotient.js';
import { folded } from './integer-overflow.js';
import { invoke } from './invoke.js';
import { jsonAggregates } from './json-aggregate.js';
import { percentileFunction } from './percentile.js';

interface Definition extends Pick<AggregateFunction, 'id' | 'render'> {
  readonly names?: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly result: (type: DataType) => DataType;
  readonly neverNull?: boolean;
}

function aggregate(definition: Definition): AggregateFunction {
  const { id, parameters, result, names = [id], neverNull = false, render } = definition;
  const infer = (args: readonly FunctionArgument[]): Inference => {
    const coercions = accept(args, parameters);
    if (coercions === null) return null;
    const bare = result(coercions[0] ?? args[0]?.type ?? types.bigint());
    return { type: { ...bare, nullable: !neverNull }, coercions };
  };
  return { id, names, signature: signatureText(names[0]!, parameters), infer, render };
}

const same = (type: DataType): DataType => type;

const count = aggregate({
  id: 'COUNT',
  parameters: [optional(repeated(any))],
  result: () => types.bigint(),
  neverNull: true,
  render: (args, call) => invoke('count', [counted(args)], call),
});

/** Of several columns, the rows count where none of them is NULL. */
function counted(args: readonly string[]): string {
  if (args.length < 2) return args[0] ?? '*';
  const isWhole = args.map((arg) => `${operand(arg)} IS NOT NULL`).join(' AND ');
  return `CASE WHEN ${isWhole} THEN row(${args.join(', ')}) END`;
}

const sum = aggregate({
  id: 'SUM',
  parameters: [numeric],
  result: (type) => (type.kind === 'DECIMAL' ? decimalTotal(type) : type),
  render: (args, call) => {
    const total = invoke('sum', args, call);
    const type = call.resultType;
    if (isInteger(type)) return folded(total, type);
    if (type.kind === 'DECIMAL') return withinDecimal(total, call.argumentTypes[0]!, type);
    return type.kind === 'FLOAT' ? renderCast(total, types.double(), type, null) : total;
  },
});

/** DuckDB counts on beyond 38 digits, where the sum is NULL. Of numbers of fewer digits no table has enough. */
function withinDecimal(total: string, of: DataType, { scale }: DecimalType): string {
  if (of.kind !== 'DECIMAL' || of.precision < MAX_DECIMAL_PRECISION - 10) return total;
  const most = `${'9'.repeat(MAX_DECIMAL_PRECISION - scale)}.${'9'.repeat(scale)}`;
  return renderOnce(
    [total],
    [isLong(total)],
    ([sum]) => `CASE WHEN ${sum} BETWEEN -${most} AND ${most} THEN ${sum} END`,
  );
}

/** BIGINT as a DECIMAL. */
const COUNT_SHAPE = { precision: 19, scale: 0 };

const average = aggregate({
  id: 'AVG',
  parameters: [numeric],
  result: (type) => (type.kind === 'DECIMAL' ? decimalAverage(type) : type),
  render: (args, call) => {
    const type = call.resultType;
    const of = call.argumentTypes[0]!;
    const n = invoke('count', args, call);
    const total = invoke('sum', args, call);
    if (isInteger(type)) return castTo(`${total} // ${n}`, toDuckDbType(type));
    if (type.kind !== 'DECIMAL' || of.kind !== 'DECIMAL')
      return castTo(invoke('avg', args, call), toDuckDbType(type));
    const shape = { precision: MAX_DECIMAL_PRECISION, scale: of.scale };
    const sum = { sql: total, shape };
    return withShortNames(sum, { sql: n, shape: COUNT_SHAPE }, (a, b) => decimalQuotientOf(a, b, type));
  },
});

/** Of INT and narrower from exact sums, of other numbers in DOUBLE by DuckDB (Welford's method, as Flink's); cut at the end. */
function deviation(id: string, names: readonly string[], duckDb: string, root: boolean): AggregateFunction {
  return aggregate({
    id,
    names,
    parameters: [numeric],
    result: (type) => (type.kind === 'DECIMAL' ? decimalAverage(type) : type),
    render: ([x], call) => {
      const type = call.argumentTypes[0]!;
      const exact = isInteger(type) && type.kind !== 'BIGINT';
      const found = exact ? exactDeviation(x!, duckDb, root, call) : finiteDeviation(x!, duckDb, call);
      return renderCast(found, types.double(), call.resultType, null);
    },
  });
}

function exactDeviation(x: string, duckDb: string, root: boolean, call: AggregateContext): string {
  const wide = castTo(x, 'BIGINT');
  const n = invoke('count', [wide], call);
  const total = invoke('sum', [wide], call);
  const squares = call.distinct
    ? `list_sum(list_transform(${invoke('list', [wide], call)}, lambda x: CAST(x AS HUGEINT) * x))`
    : invoke('sum', [`${wide} * ${wide}`], call);
  const divisor = duckDb.endsWith('_samp') ? `nullif(${n} - 1, 0)` : n;
  const variance = `${castTo(`${n} * ${squares} - ${total} * ${total}`, 'DOUBLE')} / ${n} / ${divisor}`;
  return root ? `sqrt(${variance})` : variance;
}

/** DuckDB refuses to compute with NaN and infinities; what they give is NaN. */
function finiteDeviation(x: string, duckDb: string, call: AggregateContext): string {
  const value = castTo(x, 'DOUBLE');
  if (!isApproximate(call.argumentTypes[0]!)) return invoke(duckDb, [value], call);
  const finite = `CASE WHEN isfinite(${value}) THEN ${value} END`;
  return `CASE WHEN ${invoke('bool_or', [`NOT isfinite(${value})`], call)} THEN 'NaN'::DOUBLE ELSE ${invoke(duckDb, [finite], call)} END`;
}

const extreme = (id: string): AggregateFunction =>
  aggregate({
    id,
    parameters: [comparable],
    result: same,
    render: (args, call) => invoke(id.toLowerCase(), args, call),
  });

/** The first or last value that is not NULL, in the order in which rows come. */
const edge = (id: string, window: string, plain: string): AggregateFunction =>
  aggregate({
    id,
    parameters: [any],
    result: same,
    render: ([value], call) => {
      if (call.over !== null) return invoke(window, [`${value} IGNORE NULLS`], call);
      const present = `${operand(value!)} IS NOT NULL`;
      const filter = call.filter === null ? present : `(${call.filter}) AND ${present}`;
      return invoke(plain, [value!], { ...call, filter });
    },
  });

const collect = aggregate({
  id: 'COLLECT',
  parameters: [any],
  result: types.multiset,
  neverNull: true,
  render: (args, call) => {
    const type = toDuckDbType(call.resultType);
    return `coalesce(${castTo(invoke('histogram', args, call), type)}, ${castTo('MAP {}', type)})`;
  },
});

const listAgg = aggregate({
  id: 'LISTAGG',
  parameters: [text, optional(constantText)],
  result: () => types.string(),
  render: ([value, separator], call) => invoke('string_agg', [value!, separator ?? quoteString(',')], call),
});

/** The only value of a group; fails where there are more. */
const onlyValue = (id: string, message: string): AggregateFunction =>
  aggregate({
    id,
    parameters: [any],
    result: same,
    render: ([value], call) => {
      const n = invoke('count', [call.distinct ? value! : '*'], call);
      return `CASE WHEN ${n} > 1 THEN ${call.failure(quoteString(message))} ELSE ${invoke('first', [value!], call)} END`;
    },
  });

/** Which of the keys a row's grouping set leaves out: a bit for each argument, the first the highest. */
const grouping = aggregate({
  id: 'GROUPING',
  names: ['GROUPING', 'GROUPING_ID'],
  parameters: [repeated(any)],
  result: () => types.bigint(),
  neverNull: true,
  render: (args) => `grouping(${args.join(', ')})`,
});

/** Entries of this topic. */
export const aggregateFunctions: readonly AggregateFunction[] = [
  ...jsonAggregates,
  count,
  sum,
  average,
  extreme('MIN'),
  extreme('MAX'),
  deviation('STDDEV_POP', ['STDDEV_POP'], 'stddev_pop', true),
  deviation('STDDEV_SAMP', ['STDDEV_SAMP', 'STDDEV'], 'stddev_samp', true),
  deviation('VAR_POP', ['VAR_POP'], 'var_pop', false),
  deviation('VAR_SAMP', ['VAR_SAMP', 'VARIANCE'], 'var_samp', false),
  edge('FIRST_VALUE', 'first_value', 'first'),
  edge('LAST_VALUE', 'last_value', 'last'),
  collect,
  listAgg,
  onlyValue('SINGLE_VALUE', 'SINGLE_VALUE is given more than one row.'),
  // What a subquery gives that may give several rows: plans call it, no name of SQL does.
  { ...onlyValue('SUBQUERY_VALUE', 'A subquery used as a value gave more than one row.'), names: [] },
  grouping,
  percentileFunction,
  aggregate({
    id: 'APPROX_COUNT_DISTINCT',
    parameters: [any],
    result: () => types.bigint(),
    neverNull: true,
    render: (args, call) => invoke('approx_count_distinct', args, call),
  }),
  aggregate({
    id: 'ARRAY_AGG',
    parameters: [any],
    result: types.array,
    render: (args, call) => invoke('list', args, call),
  }),
];
