/** How many terminal cells a text takes, and fitting it into a number of them. */

/** Wide East Asian characters and emoji take two cells, combining marks and format characters none. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += graphemeWidth(segment);
  return width;
}

/** The text in exactly `width` cells: padded with spaces, or cut and marked with `…`. */
export function fitText(text: string, width: number, alignRight: boolean): string {
  const taken = displayWidth(text);
  if (taken > width) return `${cut(text, width - 1)}…`;
  const padding = ' '.repeat(width - taken);
  return alignRight ? padding + text : text + padding;
}

/** The text on one line: line ends, tabs and other control characters as escapes, so that no cell breaks its row. */
export function oneLine(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, escaped) : text;
}

const ASCII = /^[\x20-\x7e]*$/;
// C1 controls, U+2028 and U+2029 break lines or steer terminals as C0 controls do.
const CONTROL = /\p{Cc}|\u2028|\u2029/u;
const CONTROLS = /\p{Cc}|\u2028|\u2029/gu;
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;
const ZERO = /^(?:\p{Mn}|\p{Me}|\p{Cf})+$/u;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
// Made when it is first used: it takes ten milliseconds, and most text is ASCII.
let graphemes: Intl.Segmenter | null = null;

function graphemesOf(text: string): Iterable<Intl.SegmentData> {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return graphemes.segment(text);
}

function escaped(character: string): string {
  return SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function graphemeWidth(grapheme: string): number {
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

function cut(text: string, width: number): string {
  let kept = '';
  let left = width;
  for (const { segment } of graphemesOf(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return kept + ' '.repeat(Math.max(0, width - displayWidth(kept)));
}
