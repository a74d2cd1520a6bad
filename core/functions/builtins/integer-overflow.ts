/** Integer arithmetic that wraps around, as the JVM's: computed one size wider and folded back. */
import { castTo, operand } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { IntegerKind } from '../../types/type-family.js';
import type { CallContext } from '../scalar-function.js';

const BITS: Readonly<Record<IntegerKind, bigint>> = { TINYINT: 8n, SMALLINT: 16n, INT: 32n, BIGINT: 64n };

/** `a symbol b` over integers, its result folded into the result type. Constants are folded here. */
export function wrapped(symbol: '+' | '-' | '*', args: readonly string[], call: CallContext): string {
  const kind = call.resultType.kind as IntegerKind;
  const [a, b] = args as [string, string];
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return foldedConstant(symbol, BigInt(a), BigInt(b), kind);
  const wider = kind === 'BIGINT' ? 'HUGEINT' : 'BIGINT';
  const half = 1n << (BITS[kind] - 1n);
  const sum = `${castTo(a, wider)} ${symbol} ${operand(b)}`;
  const centred = symbol === '*' ? `(${sum}) + ${half}` : `${sum} + ${half}`;
  return castTo(`((${centred}) & ${(half << 1n) - 1n}) - ${half}`, toDuckDbType(call.resultType));
}

function foldedConstant(symbol: '+' | '-' | '*', a: bigint, b: bigint, kind: IntegerKind): string {
  const value = symbol === '+' ? a + b : symbol === '-' ? a - b : a * b;
  return castTo(String(BigInt.asIntN(Number(BITS[kind]), value)), toDuckDbType({ kind, nullable: false }));
}
