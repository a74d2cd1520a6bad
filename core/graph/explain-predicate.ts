import type { Column } from '../types/data-type.js';
import type { SplitPredicate } from './split-scan.js';

/** A condition as SQL would have it, for EXPLAIN. */
export function explainPredicate(predicate: SplitPredicate, columns: readonly Column[]): string {
  const inner = (part: SplitPredicate): string => {
    const text = explainPredicate(part, columns);
    return part.kind === 'and' || part.kind === 'or' ? `(${text})` : text;
  };
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.operands.map(inner).join(` ${predicate.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${inner(predicate.operand)}`;
    case 'is_null':
      return `${columns[predicate.column]!.name} IS NULL`;
    case 'is_true':
      return columns[predicate.column]!.name;
    case 'compare':
      return `${columns[predicate.column]!.name} ${predicate.operator} ${JSON.stringify(predicate.value)}`;
    case 'in':
      return `${columns[predicate.column]!.name} IN (${predicate.values.map((value) => JSON.stringify(value)).join(', ')})`;
  }
}
