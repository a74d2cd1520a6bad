/** Calls of built-ins, by their id in the function table. */
import type { SqlValue } from '../batch/value.js';
import { type Comparison, HOLDS, isComparison } from '../plan/comparison.js';
import type { BuiltinCall } from '../plan/expression-builders.js';
import type { DataType } from '../types/data-type.js';
import { INTEGER_BITS, isInteger, typeFamily } from '../types/type-family.js';
import { pairComparator } from './compare.js';
import type { Evaluate } from './evaluate.js';

/** Null where only DuckDB knows the function, or these types of its arguments. */
export function compileCall(call: BuiltinCall, args: readonly Evaluate[]): Evaluate | null {
  const [a, b] = args as [Evaluate, Evaluate];
  const { function: name, type } = call;
  const types = call.arguments.map((argument) => argument.type);
  if (isComparison(name)) return comparison(name, types as [DataType, DataType], a, b);
  switch (name) {
    case 'AND':
      return junction(args, false);
    case 'OR':
      return junction(args, true);
    case 'NOT':
      return (row) => {
        const value = a(row);
        return value === null ? null : !value;
      };
    case 'IS NULL':
    case 'IS UNKNOWN':
      return (row) => a(row) === null;
    case 'IS NOT NULL':
    case 'IS NOT UNKNOWN':
      return (row) => a(row) !== null;
    case 'IS TRUE':
      return (row) => a(row) === true;
    case 'IS NOT TRUE':
      return (row) => a(row) !== true;
    case 'IS FALSE':
      return (row) => a(row) === false;
    case 'IS NOT FALSE':
      return (row) => a(row) !== false;
    case '+':
    case '-':
    case '*':
      return arithmetic(name, type, types, a, b);
    case 'DATETIME_INTERVAL +':
    case 'DATETIME_INTERVAL -':
      return moved(a, b, types[0]!, types[1]!, name.endsWith('-') ? -1n : 1n);
    case 'INTERVAL_DATETIME +':
      return moved(b, a, types[1]!, types[0]!, 1n);
    case 'ARRAY':
      return (row) => args.map((element) => element(row));
    case 'WINDOW_FLOOR':
      return windowFloor(a, b, args[2]!);
    case 'WINDOW_SERIES':
      return windowSeries(a, b, args[2]!);
    case 'JSON_STRING':
      return jsonOf(types[0]!, a);
    case 'REPEATED':
      return (row) => new Array<SqlValue>(Number(a(row))).fill(true);
    default:
      return null;
  }
}

/** A DECIMAL is compared with a DOUBLE as one. */
function comparison(
  name: Comparison,
  [left, right]: readonly [DataType, DataType],
  a: Evaluate,
  b: Evaluate,
): Evaluate | null {
  if (left.kind === 'DECIMAL' && right.kind === 'DOUBLE')
    return comparison(name, [right, right], asDouble(a), b);
  if (left.kind === 'DOUBLE' && right.kind === 'DECIMAL')
    return comparison(name, [left, left], a, asDouble(b));
  const compare = pairComparator(left, right);
  if (compare === null) return null;
  const meets = HOLDS[name];
  if (name === '=' || name === '<>') return strict(a, b, (x, y) => meets(compare(x, y)));
  return strict(a, b, (x, y) => !Number.isNaN(x) && !Number.isNaN(y) && meets(compare(x, y)));
}

function asDouble(decimal: Evaluate): Evaluate {
  return (row) => {
    const value = decimal(row);
    return value === null ? null : Number(value);
  };
}

/** NULL where one of the values is. */
function strict(a: Evaluate, b: Evaluate, of: (x: SqlValue, y: SqlValue) => SqlValue): Evaluate {
  return (row) => {
    const x = a(row);
    if (x === null) return null;
    const y = b(row);
    return y === null ? null : of(x, y);
  };
}

/** AND (`decides` false) and OR (true): one deciding value is enough, NULL is not known. */
function junction(args: readonly Evaluate[], decides: boolean): Evaluate {
  return (row) => {
    let isUnknown = false;
    for (const argument of args) {
      const value = argument(row);
      if (value === decides) return decides;
      if (value === null) isUnknown = true;
    }
    return isUnknown ? null : !decides;
  };
}

/** Integers wrap around, as the JVM's. */
function arithmetic(
  symbol: '+' | '-' | '*',
  type: DataType,
  operands: readonly DataType[],
  a: Evaluate,
  b: Evaluate,
): Evaluate | null {
  if (isInteger(type)) {
    if (!operands.every(isInteger)) return null;
    const bits = INTEGER_BITS[type.kind];
    return strict(a, b, (x, y) => {
      const [left, right] = [BigInt(x as number | bigint), BigInt(y as number | bigint)];
      const exact = symbol === '+' ? left + right : symbol === '-' ? left - right : left * right;
      const cut = BigInt.asIntN(bits, exact);
      return bits === 64 ? cut : Number(cut);
    });
  }
  const isPlain = operands.every(
    (operand) => operand.kind === 'DOUBLE' || operand.kind === 'DECIMAL' || isInteger(operand),
  );
  if (type.kind !== 'DOUBLE' || !isPlain) return null;
  return strict(a, b, (x, y) => {
    const [left, right] = [Number(x), Number(y)];
    return symbol === '+' ? left + right : symbol === '-' ? left - right : left * right;
  });
}

function moved(time: Evaluate, by: Evaluate, of: DataType, length: DataType, sign: bigint): Evaluate | null {
  const isTime = (of.kind === 'TIMESTAMP' || of.kind === 'TIMESTAMP_LTZ') && of.precision <= 6;
  if (!isTime || length.kind !== 'INTERVAL_DAY_TIME') return null;
  let known: bigint | null = null;
  let delta = 0n;
  return strict(time, by, (x, y) => {
    // The length of a window is the same in all rows.
    if (y !== known) {
      known = y as bigint;
      delta = sign * known * 1000n;
    }
    return (x as bigint) + delta;
  });
}

/** Times in microseconds are exact as numbers until the year 2255; lengths are in milliseconds. */
function windowFloor(time: Evaluate, step: Evaluate, offset: Evaluate): Evaluate {
  return (row) => {
    const at = time(row) as bigint | null;
    if (at === null) return null;
    const length = Number(step(row)) * 1000;
    const begin = Number(offset(row)) * 1000;
    const exact = Number(at);
    if (!Number.isSafeInteger(exact)) return exactFloor(at, BigInt(length), BigInt(begin));
    const past = (exact - begin) % length;
    return BigInt(exact - (past < 0 ? past + length : past));
  };
}

function exactFloor(at: bigint, length: bigint, begin: bigint): bigint {
  const past = (at - begin) % length;
  return at - (past < 0n ? past + length : past);
}

function windowSeries(from: Evaluate, to: Evaluate, step: Evaluate): Evaluate {
  return (row) => {
    const length = (step(row) as bigint) * 1000n;
    const last = to(row) as bigint;
    const series: bigint[] = [];
    for (let at = from(row) as bigint; at <= last; at += length) series.push(at);
    return series;
  };
}

/** Null for values whose JSON takes more than their digits or letters. */
function jsonOf(type: DataType, value: Evaluate): Evaluate | null {
  const isPlain = type.kind === 'BOOLEAN' || isInteger(type);
  if (!isPlain && typeFamily(type) !== 'string') return null;
  return (row) => {
    const of = value(row);
    return of === null ? null : isPlain ? String(of) : JSON.stringify(of);
  };
}
