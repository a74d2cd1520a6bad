/** Operands that may not be repeated, written once whatever is made of them. */

/**
 * The text that `render` makes of `args`. Where it would repeat one of those that `once` marks, they get a name first.
 * One that has a subquery: what that reads may come only once (rows of a stage), and reading twice costs twice.
 * One that is volatile: each time it is another value.
 */
export function renderOnce(
  args: readonly string[],
  once: readonly boolean[],
  render: (args: readonly string[]) => string,
): string {
  const sql = render(args);
  const isRepeated = args.some((arg, i) => once[i] && sql.split(arg).length > 2);
  if (!isRepeated) return sql;
  const fields = args.flatMap((arg, i) => (once[i] ? [`x${i} := ${arg}`] : []));
  const named = render(args.map((arg, i) => (once[i] ? `once_.x${i}` : arg)));
  return `list_transform([struct_pack(${fields.join(', ')})], lambda once_: ${named})[1]`;
}

/** Texts that are written several times over grow by powers: quotients of quotients. */
const LONGEST_OPERAND = 200;

/** True for operands that are not to be written several times over. */
export function isLong(sql: string): boolean {
  return sql.length > LONGEST_OPERAND;
}
