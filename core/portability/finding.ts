/** What `check --portable` finds. */
import type { Span } from '../sql/span.js';

export type FlinkVersion = '2.3' | '1.20';

/**
 * `refused`: Flink does not run it. `differs`: Flink runs it and does otherwise. `dropped`: Flink has no such option, and the
 * result is the same without it. `rewritten`: Flink refuses it as it is written, and an export has it in another form.
 */
export type FindingEffect = 'refused' | 'differs' | 'dropped' | 'rewritten';

/** One thing that is not on Flink as it is here. */
export interface Finding {
  /** Stable name of the rule, for filters: `udaf-batch`. */
  readonly rule: string;
  readonly effect: FindingEffect;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** Null: the statement as a whole. */
  readonly span: Span | null;
}

/** A finding for a part of a query or statement. */
export function refused(
  rule: string,
  message: string,
  hint: string,
  { span }: Pick<Finding, 'span'>,
): Finding {
  return { rule, effect: 'refused', message, hint, span };
}

/** As `refused`, for what Flink plans, and does otherwise. */
export function differs(
  rule: string,
  message: string,
  hint: string,
  { span }: Pick<Finding, 'span'>,
): Finding {
  return { rule, effect: 'differs', message, hint, span };
}
