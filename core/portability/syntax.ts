/** What Flink's grammar or validator refuses, as it is written. */
import type { ExpressionNode, FieldStarNode, FunctionCallNode, GroupBy, LiteralNode } from '../sql/ast.js';
import { isGroupWindow } from '../sql/bind/group-window.js';
import { type Finding, refused } from './finding.js';
import type { PortableJob } from './portability-context.js';
import { syntaxIn } from './visit.js';

type IntervalNode = Extract<LiteralNode, { type: 'interval' }>;

/** What is written otherwise for Flink. */
export function* writtenOtherwise({ statement, mode, declaration }: PortableJob): Generator<Finding> {
  for (const node of syntaxIn(statement)) {
    if (isFieldStar(node)) {
      const hint = 'Name the fields: f(x).a, f(x).b.';
      yield refused('field-star', 'Flink has no .* behind a call.', hint, node);
    }
    if (isInterval(node)) yield* wideInterval(node);
    if (isCall(node)) yield* call(node, declaration(node.name.parts.at(-1)!.name) !== null);
    const { groupBy } = node as { readonly groupBy?: GroupBy | null };
    if (mode === 'batch' && groupBy != null) yield* distinctInWindow(node, groupBy);
  }
}

/** Digits of the leading unit that an interval has without saying how many. */
const LEADING_DIGITS = 2;

function* wideInterval(node: IntervalNode): Generator<Finding> {
  const digits = /\d+/.exec(node.value)?.[0].length ?? 0;
  const { start, precision } = node.qualifier;
  if (digits <= (precision ?? LEADING_DIGITS)) return;
  const message = `Flink takes ${precision ?? LEADING_DIGITS} digits here, and '${node.value}' has ${digits}.`;
  yield refused('interval-precision', message, `Write ${start}(${digits}).`, node);
}

function* call(node: FunctionCallNode, isPython: boolean): Generator<Finding> {
  const name = node.name.parts.at(-1)!.name;
  if (node.withinGroup.length > 0 && name.toUpperCase() !== 'ARRAY_AGG') {
    const hint = 'Sort inside the function, or take a built-in such as ARRAY_AGG.';
    yield refused('within-group', `Flink has no WITHIN GROUP for ${name}.`, hint, node);
  }
  if (isPython && node.arguments.some((argument) => argument.name !== null)) {
    const hint = 'Give the arguments by position.';
    yield refused(
      'named-arguments',
      `Flink has no named arguments for Python functions: ${name}.`,
      hint,
      node,
    );
  }
}

function* distinctInWindow(select: { readonly kind: string }, groupBy: GroupBy): Generator<Finding> {
  const isWindowed = groupBy.items.some(
    (item) => item.kind === 'grouping_expression' && isGroupWindow(item.expression),
  );
  if (!isWindowed) return;
  for (const node of syntaxIn(select)) {
    if (!isCall(node) || !node.distinct) continue;
    const message = 'Flink has no DISTINCT aggregates over a window of GROUP BY in batch mode.';
    const hint = 'Take the window in FROM: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), …)).';
    yield refused('distinct-in-window', message, hint, node);
  }
}

function isFieldStar(node: { readonly kind: string }): node is FieldStarNode {
  return (
    node.kind === 'field_star' &&
    (node as FieldStarNode).base.kind !== ('name' satisfies ExpressionNode['kind'])
  );
}

function isInterval(node: { readonly kind: string }): node is IntervalNode {
  return node.kind === 'literal' && (node as LiteralNode).type === 'interval';
}

function isCall(node: { readonly kind: string }): node is FunctionCallNode {
  return node.kind === 'function_call';
}
