/** DROP. */
import type { DropStatement } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseIfExists, parseObjectName } from './names.js';
import { refusedObject } from './refused.js';

/** The cursor is at DROP. */
export function parseDrop(c: Cursor): DropStatement {
  const start = c.start();
  c.expect('DROP');
  const temporary = c.accept('TEMPORARY');
  const system = temporary && c.accept('SYSTEM');
  const refused = refusedObject(c, 'DROP');
  if (refused !== null) throw refused;
  const object = system
    ? c.expectOneOf('FUNCTION')
    : temporary
      ? c.expectOneOf('TABLE', 'VIEW', 'FUNCTION')
      : c.expectOneOf('TABLE', 'VIEW', 'FUNCTION', 'CATALOG', 'DATABASE');
  const ifExists = parseIfExists(c);
  const name = parseObjectName(c, `the ${object.toLowerCase()}'s name`);
  const behavior = object === 'DATABASE' ? c.acceptOneOf('RESTRICT', 'CASCADE') : null;
  return {
    kind: 'drop',
    object,
    temporary,
    system,
    ifExists,
    name,
    behavior,
    span: c.spanFrom(start),
  };
}
