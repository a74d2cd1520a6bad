/** Conditions that mean the same in DuckDB and in pyarrow: columns against constants of their type. */
import { type Comparison, isComparison, MIRRORED } from '../../plan/comparison.js';
import type { Expression } from '../../plan/expression.js';
import type { BuiltinCall } from '../../plan/expression-builders.js';
import { wireLiteral } from '../../plan/wire-literal.js';
import type { DataType } from '../../types/data-type.js';
import { INTEGER_BITS, isInteger, typeFamily } from '../../types/type-family.js';
import type { SplitPredicate } from '../split-scan.js';

/** The position of a column by its id. */
export type ColumnPosition = (id: string) => number;

/** Null where the condition is not a simple one. */
export function simplePredicate(condition: Expression, position: ColumnPosition): SplitPredicate | null {
  if (condition.kind === 'column')
    return condition.type.kind === 'BOOLEAN' ? { kind: 'is_true', column: position(condition.id) } : null;
  return condition.kind === 'call' ? simpleCall(condition, position) : null;
}

function simpleCall(call: BuiltinCall, position: ColumnPosition): SplitPredicate | null {
  const [first, second] = call.arguments;
  switch (call.function) {
    case 'AND':
    case 'OR': {
      const operands = call.arguments.map((operand) => simplePredicate(operand, position));
      const kind = call.function === 'AND' ? 'and' : 'or';
      return operands.some((operand) => operand === null)
        ? null
        : { kind, operands: operands as SplitPredicate[] };
    }
    case 'NOT':
      return negated(simplePredicate(first!, position));
    case 'IS NULL':
      return first!.kind === 'column' ? { kind: 'is_null', column: position(first!.id) } : null;
    case 'IS NOT NULL':
      return first!.kind === 'column' ? negated({ kind: 'is_null', column: position(first!.id) }) : null;
    case 'IN':
      return membership(call, position);
    case 'NOT IN':
      return negated(membership(call, position));
    default: {
      const operator = call.function;
      if (!isComparison(operator)) return null;
      if (first!.kind === 'literal') return comparison(MIRRORED[operator], second!, first!, position);
      return comparison(operator, first!, second!, position);
    }
  }
}

function negated(operand: SplitPredicate | null): SplitPredicate | null {
  return operand === null ? null : { kind: 'not', operand };
}

function comparison(
  operator: Comparison,
  column: Expression,
  constant: Expression,
  position: ColumnPosition,
): SplitPredicate | null {
  const value = constantFor(column, constant);
  if (column.kind !== 'column' || value === undefined) return null;
  return { kind: 'compare', operator, column: position(column.id), value };
}

function membership(
  { arguments: [column, ...items] }: BuiltinCall,
  position: ColumnPosition,
): SplitPredicate | null {
  // Hashes of -0.0 and 0.0 differ in pyarrow.
  if (column?.kind !== 'column' || column.type.kind === 'DOUBLE') return null;
  const values = items.map((item) => constantFor(column, item));
  if (values.some((value) => value === undefined)) return null;
  return { kind: 'in', column: position(column.id), values };
}

/** The constant for a comparison with the column; undefined where it has another type, or rounds. */
function constantFor(column: Expression, constant: Expression): unknown {
  if (constant.kind !== 'literal' || constant.value === null) return undefined;
  const { value, type } = constant;
  switch (column.type.kind) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return isInteger(type) && fits(BigInt(String(value)), column.type)
        ? wireLiteral(type, value)
        : undefined;
    case 'DOUBLE':
      return isExactDouble(type) && Number.isFinite(Number(value)) ? Number(value) : undefined;
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return typeFamily(type) === 'string' ? value : undefined;
    case 'DATE':
      return type.kind === 'DATE' && PYTHON_DATE.test(String(value)) ? value : undefined;
    case 'TIMESTAMP': {
      const isFine = column.type.precision <= 6 && type.kind === 'TIMESTAMP' && type.precision <= 6;
      return isFine && PYTHON_DATE.test(String(value)) ? value : undefined;
    }
    default:
      return undefined;
  }
}

function fits(value: bigint, type: DataType): boolean {
  return isInteger(type) && BigInt.asIntN(INTEGER_BITS[type.kind], value) === value;
}

/** Digits that a DOUBLE has for certain. */
const EXACT_DIGITS = 15;

function isExactDouble(type: DataType): boolean {
  if (type.kind === 'DECIMAL') return type.precision <= EXACT_DIGITS;
  return type.kind === 'DOUBLE' || type.kind === 'TINYINT' || type.kind === 'SMALLINT' || type.kind === 'INT';
}

/** Years 1 to 9999, which Python's dates have. */
const PYTHON_DATE = /^(?!0000)\d{4}-\d\d-\d\d/;
