/** Integer arithmetic that wraps around, as the JVM's: computed one size wider and folded back. */
import { castTo, operand } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DataType } from '../../types/data-type.js';
import { INTEGER_BITS, type IntegerKind } from '../../types/type-family.js';

type IntegerType = DataType & { readonly kind: IntegerKind };

/** `a symbol b` over integers, its result folded into `type`. Two constants are computed here. */
export function wrapped(symbol: '+' | '-' | '*', a: string, b: string, type: IntegerType): string {
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return constant(symbol, BigInt(a), BigInt(b), type);
  const wider = type.kind === 'BIGINT' ? 'HUGEINT' : 'BIGINT';
  const plain = `${castTo(a, wider)} ${symbol} ${operand(b)}`;
  return folded(symbol === '*' ? `(${plain})` : plain, type);
}

/** A wider integer folded into `type`: what is left of its bits, signed. */
export function folded(sql: string, type: IntegerType): string {
  const half = 1n << BigInt(INTEGER_BITS[type.kind] - 1);
  return castTo(`((${sql} + ${half}) & ${(half << 1n) - 1n}) - ${half}`, toDuckDbType(type));
}

function constant(symbol: '+' | '-' | '*', a: bigint, b: bigint, type: IntegerType): string {
  const value = symbol === '+' ? a + b : symbol === '-' ? a - b : a * b;
  return castTo(String(BigInt.asIntN(INTEGER_BITS[type.kind], value)), toDuckDbType(type));
}
