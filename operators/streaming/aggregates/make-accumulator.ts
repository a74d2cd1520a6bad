/** A call of an aggregate → what keeps its value for a group. */
import {
  comparatorOf,
  InternalError,
  isInteger,
  type SqlValue,
  type StreamCall,
} from '../../../core/index.js';
import type { Accumulator, Arguments } from './accumulator.js';
import { JsonObject, jsonArray } from './json.js';
import {
  Count,
  DecimalAverage,
  DecimalSum,
  ExactDeviation,
  FloatDeviation,
  FloatTotal,
  IntegerAverage,
  IntegerSum,
} from './numbers.js';
import { onlyValue } from './only-value.js';
import { Percentile } from './percentile.js';
import { Collect, Distinct, Extreme, ExtremeOfMany, ValueList } from './values.js';
import { Edge, Lag, Rank } from './values-so-far.js';

type Call = Omit<StreamCall<unknown>, 'arguments' | 'filter'> & Pick<StreamCall<unknown>, 'arguments'>;

/** Makes the accumulators of a call, one for each group. `retracts`: rows may be taken out again. */
export function accumulatorOf(call: Call, retracts: boolean): () => Accumulator {
  const plain = plainAccumulator({ ...call, filter: null }, retracts);
  return call.distinct ? () => new Distinct(plain()) : plain;
}

function plainAccumulator(call: StreamCall<unknown>, retracts: boolean): () => Accumulator {
  const [type] = call.argumentTypes;
  const isWhole = type !== undefined && isInteger(type);
  switch (call.function) {
    case 'COUNT':
      return () => new Count();
    case 'SUM':
      if (isWhole) return () => new IntegerSum(call);
      return type!.kind === 'DECIMAL' ? () => new DecimalSum(call) : () => new FloatTotal(call);
    case 'AVG':
      if (isWhole) return () => new IntegerAverage(call);
      return type!.kind === 'DECIMAL' ? () => new DecimalAverage(call) : () => new FloatTotal(call);
    case 'STDDEV_POP':
    case 'STDDEV_SAMP':
    case 'VAR_POP':
    case 'VAR_SAMP':
      return isWhole || type!.kind === 'DECIMAL'
        ? () => new ExactDeviation(call)
        : () => new FloatDeviation(call);
    case 'MIN':
    case 'MAX': {
      const ascending = comparatorOf(type!);
      const compare = call.function === 'MIN' ? ascending : (a: SqlValue, b: SqlValue) => ascending(b, a);
      return retracts ? () => new ExtremeOfMany(compare) : () => new Extreme(compare);
    }
    case 'LAG':
      return () => new Lag();
    case 'RANK':
    case 'DENSE_RANK':
      return () => new Rank(call.function === 'DENSE_RANK');
    case 'FIRST_VALUE':
      if (!retracts) return () => new Edge('first');
      return () => new ValueList(false, (values) => values[0]![0]!);
    case 'LAST_VALUE':
      if (!retracts) return () => new Edge('last');
      return () => new ValueList(false, (values) => values.at(-1)![0]!);
    case 'LISTAGG':
      return () => new ValueList(false, joinTexts);
    case 'ARRAY_AGG':
      return () => new ValueList(true, (values) => values.map(([value]) => value!));
    case 'JSON_ARRAYAGG_NULL_ON_NULL':
    case 'JSON_ARRAYAGG_ABSENT_ON_NULL':
      return () => new ValueList(keepsNull(call), jsonArray, '[]');
    case 'JSON_OBJECTAGG_NULL_ON_NULL':
    case 'JSON_OBJECTAGG_ABSENT_ON_NULL':
      return () => new JsonObject(call, keepsNull(call));
    case 'SINGLE_VALUE':
    case 'SUBQUERY_VALUE': {
      const only = onlyValue(call);
      return () => new ValueList(true, only);
    }
    case 'COLLECT':
      return () => new Collect();
    case 'PERCENTILE': {
      const compare = comparatorOf(type!);
      return () => new Percentile(compare);
    }
    default:
      throw new InternalError('INTERNAL', `No operator knows the aggregate ${call.function}.`);
  }
}

function keepsNull({ function: name }: StreamCall<unknown>): boolean {
  return name.endsWith('_NULL_ON_NULL');
}

/** The separator is the second argument, a comma where there is none. */
function joinTexts(values: readonly Arguments[]): string {
  const separator = (values[0]![1] as string | undefined) ?? ',';
  return values.map(([value]) => value as string).join(separator);
}
