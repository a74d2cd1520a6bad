/** A name in backticks, as SQL takes every name. */
export function backticked(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
