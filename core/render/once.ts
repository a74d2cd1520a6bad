/** Operands with subqueries, written once whatever is made of them. */

/**
 * The text that `render` makes of `args`. Where it would repeat one that has a subquery, those get a name first: what a
 * subquery reads may come only once (rows of a stage), and reading twice costs twice.
 */
export function renderOnce(
  args: readonly string[],
  hasSubquery: readonly boolean[],
  render: (args: readonly string[]) => string,
): string {
  const sql = render(args);
  const isRepeated = args.some((arg, i) => hasSubquery[i] && sql.split(arg).length > 2);
  if (!isRepeated) return sql;
  const fields = args.flatMap((arg, i) => (hasSubquery[i] ? [`x${i} := ${arg}`] : []));
  const named = render(args.map((arg, i) => (hasSubquery[i] ? `once_.x${i}` : arg)));
  return `list_transform([struct_pack(${fields.join(', ')})], lambda once_: ${named})[1]`;
}
