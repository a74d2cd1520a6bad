/** Text of types. */
import type { TypeNode } from '../ast.js';
import { nameText, qualifierText, stringText } from './common.js';

/** A type, with NOT NULL where it is not nullable. */
export function typeText(type: TypeNode): string {
  return type.nullable ? bareText(type) : `${bareText(type)} NOT NULL`;
}

function bareText(type: TypeNode): string {
  switch (type.kind) {
    case 'simple_type':
      return type.parameters.length === 0 ? type.name : parametersText(type.name, type.parameters);
    case 'interval_type':
      return `INTERVAL ${qualifierText(type.qualifier)}`;
    case 'array_type':
      return `ARRAY<${typeText(type.element)}>`;
    case 'multiset_type':
      return `MULTISET<${typeText(type.element)}>`;
    case 'map_type':
      return `MAP<${typeText(type.key)}, ${typeText(type.value)}>`;
    case 'row_type':
      return `ROW<${type.fields.map(fieldText).join(', ')}>`;
  }
}

function parametersText(name: string, parameters: readonly number[]): string {
  return `${name}(${parameters.join(', ')})`;
}

function fieldText(field: Extract<TypeNode, { kind: 'row_type' }>['fields'][number]): string {
  const comment = field.comment === null ? '' : ` ${stringText(field.comment.value)}`;
  return `${nameText(field.name)} ${typeText(field.type)}${comment}`;
}
