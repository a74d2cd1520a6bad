/** Which functions a Python file declares, read without running it: the file runs in a worker, under its cap, and not here. */

const DECORATOR = /^@(?:\w+\.)*(?:udf|udtf|udaf|udtaf)\b/;
const DEFINITION = /^(?:def|class)\s+([\p{L}_][\p{L}\p{N}_]*)/u;
const ASSIGNMENT = /^([\p{L}_][\p{L}\p{N}_]*)\s*(?::[^=]*)?=\s*(?:\w+\.)*(?:udf|udtf|udaf|udtaf)\(/u;

/**
 * Names at the top level that are decorated with, or assigned from, `udf`, `udtf`, `udaf` or `udtaf`, in the order of
 * the file. Decorators under other names are not seen.
 */
export function declaredFunctions(source: string): string[] {
  const names: string[] = [];
  let decorated = false;
  for (const line of withoutLongStrings(source).split('\n')) {
    if (DECORATOR.test(line)) decorated = true;
    const assigned = ASSIGNMENT.exec(line)?.[1];
    if (assigned !== undefined) names.push(assigned);
    const defined = DEFINITION.exec(line)?.[1];
    if (defined === undefined) continue;
    if (decorated) names.push(defined);
    decorated = false;
  }
  return [...new Set(names)].filter((name) => !name.startsWith('_'));
}

/** Text in triple quotes may look like code. */
function withoutLongStrings(source: string): string {
  return source.replaceAll(/("""|''')(?:\\[\s\S]|[\s\S])*?\1/g, "''");
}
