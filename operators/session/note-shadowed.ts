/** Functions that no call reaches. */
import { builtinNames, type Statement } from '../../core/index.js';

/** What to say of CREATE FUNCTION with the name of a built-in: that one is called, as in Flink; null where all is well. */
export function shadowedNote(statement: Statement): string | null {
  if (statement.kind !== 'create_function' || statement.system) return null;
  const name = statement.name.parts.at(-1)!.name;
  if (!builtinNames().includes(name.toUpperCase())) return null;
  return (
    `${name} is a built-in function too, and calls without a database mean that one, as in Flink; ` +
    `CREATE TEMPORARY SYSTEM FUNCTION puts yours before it`
  );
}
