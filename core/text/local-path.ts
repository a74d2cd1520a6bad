/** The path of a `file:` URI, as Flink's path options take it: `file:///a` and `file:/a` are `/a`; any other text is itself. */
export function localPath(text: string): string {
  return text.replace(/^file:(?:\/\/)?(?=\/)/, '');
}
