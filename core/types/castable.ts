/** Which explicit casts exist. What is missing here has no rendering in `render/cast.ts`. */
import type { DataType } from './data-type.js';
import { sameType } from './same-type.js';
import type { TypeFamily } from './type-family.js';
import { typeFamily } from './type-family.js';

/** The families that a family is cast to, besides itself, text and intervals. */
const TARGETS: Readonly<Partial<Record<TypeFamily, readonly TypeFamily[]>>> = {
  boolean: ['numeric'],
  numeric: ['boolean'],
  string: ['binary', 'boolean', 'numeric', 'date', 'time', 'timestamp'],
  date: ['timestamp'],
  time: ['timestamp'],
  timestamp: ['date', 'time'],
};

/** True where CAST and TRY_CAST convert between the types, whatever single values do. Nullability is not looked at. */
export function castable(from: DataType, to: DataType): boolean {
  if (from.kind === 'NULL' || sameType(from, to, 'ignore')) return true;
  const [source, target] = [typeFamily(from), typeFamily(to)];
  if (source === target) return sameFamily(from, to);
  if (isInterval(target)) return from.kind === 'INT' || from.kind === 'BIGINT';
  if (target === 'string') return isInterval(source) || hasText(from);
  return TARGETS[source]?.includes(target) ?? false;
}

function isInterval(family: TypeFamily): boolean {
  return family === 'year-month' || family === 'day-time';
}

/** Multisets, and intervals within a collection, have no text here. */
function hasText(type: DataType): boolean {
  switch (type.kind) {
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
    case 'MULTISET':
      return false;
    case 'ARRAY':
      return hasText(type.element);
    case 'MAP':
      return hasText(type.key) && hasText(type.value);
    case 'ROW':
      return type.fields.every((field) => hasText(field.type));
    default:
      return true;
  }
}

function sameFamily(from: DataType, to: DataType): boolean {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return castable(from.element, to.element);
  if (from.kind === 'MULTISET' && to.kind === 'MULTISET') return castable(from.element, to.element);
  if (from.kind === 'MAP' && to.kind === 'MAP')
    return castable(from.key, to.key) && castable(from.value, to.value);
  if (from.kind === 'ROW' && to.kind === 'ROW') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((field, i) => castable(field.type, to.fields[i]!.type))
    );
  }
  return true;
}
