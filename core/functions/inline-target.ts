/** Functions whose Python stands in the SQL: their target carries it, so that it goes wherever a target goes. */

/** What a worker makes such a function of. Types are SQL type text. */
export interface InlineFunction {
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly returns: string;
  readonly source: string;
  /** Line of the statement's text where `source` begins, from 1: lines of tracebacks are lines of the SQL. */
  readonly line: number;
}

const PREFIX = 'inline:';

/** The target of an inline function. */
export function inlineTarget(inline: InlineFunction): string {
  return PREFIX + JSON.stringify(inline);
}

/** True for the target of an inline function; others are `module.attribute`. */
export function isInlineTarget(target: string): boolean {
  return target.startsWith(PREFIX);
}

/** A target for people: the text of an inline function is left out. */
export function shownTarget(target: string): string {
  return isInlineTarget(target) ? 'inline, not portable to Flink' : target;
}
