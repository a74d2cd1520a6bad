/** OVERLAPS: whether two periods, each of a beginning with its end or its length, have a moment in common. */
import { operand, quoteIdentifier } from '../../render/sql-text.js';
import type { DataType } from '../../types/data-type.js';
import { typeFamily } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import type { Parameter } from '../parameter.js';
import type { FunctionArgument, ScalarFunction } from '../scalar-function.js';
import { toDuckDbInterval } from './interval.js';

const period: Parameter = {
  label: 'PERIOD',
  accept: ({ type }: FunctionArgument) => (periodOf(type) === null ? null : 'same'),
  optional: false,
  repeated: false,
};

/** The types of the beginning, and of the end or the length. */
function periodOf(type: DataType): readonly [DataType, DataType] | null {
  if (type.kind !== 'ROW' || type.fields.length !== 2) return null;
  const [from, to] = type.fields.map((field) => field.type) as [DataType, DataType];
  const families = [typeFamily(from), typeFamily(to)] as const;
  const isLength = families[1] === 'day-time' || (families[1] === 'year-month' && families[0] !== 'time');
  const isTime = ['date', 'time', 'timestamp'].includes(families[0]);
  return isTime && (isLength || families[0] === families[1]) ? [from, to] : null;
}

/** DuckDB SQL of the two ends, the earlier first. */
function ends(sql: string, type: DataType): readonly [string, string] {
  const [from, to] = periodOf(type)!;
  const [beginning, second] = ['EXPR$0', 'EXPR$1'].map((name) => `${operand(sql)}.${quoteIdentifier(name)}`);
  const end = ['day-time', 'year-month'].includes(typeFamily(to))
    ? `(${beginning} + ${toDuckDbInterval(second!, to, undefined, from)})`
    : second!;
  return [`least(${beginning}, ${end})`, `greatest(${beginning}, ${end})`];
}

/** Entries of this topic. */
export const overlapsFunctions: readonly ScalarFunction[] = [
  define({
    id: 'OVERLAPS',
    parameters: [period, period],
    result: ([a, b]) =>
      typeFamily(periodOf(a!)![0]) === typeFamily(periodOf(b!)![0]) ? types.boolean() : null,
    nulls: 'always',
    render: ([a, b], { argumentTypes: [left, right] }) => {
      const [first, second] = [ends(a!, left!), ends(b!, right!)];
      return `${first[1]} >= ${second[0]} AND ${second[1]} >= ${first[0]}`;
    },
  }),
];
