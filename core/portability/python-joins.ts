/** Python functions in the conditions of joins, and of subqueries that Flink makes joins of. */
import { conjunctsOf } from '../plan/conjuncts.js';
import type { Expression } from '../plan/expression.js';
import { callsPython, outerColumns, referencedColumns } from '../plan/expression-facts.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { Join } from '../plan/plan-builders.js';
import { type Finding, refused } from './finding.js';
import type { PortableJob } from './portability-context.js';
import { expressionsIn, expressionsInNode, nodesOf } from './visit.js';

/** What Flink refuses: a Python function that decides about pairs of rows where rows without a pair count too. */
export function* pythonJoins({ queries }: PortableJob): Generator<Finding> {
  for (const { root } of queries) {
    for (const node of nodesOf(root)) {
      if (node.kind === 'join') yield* outerJoin(node);
      for (const expression of expressionsInNode(node)) {
        if (expression.kind === 'subquery' && expression.form !== 'scalar') yield* subquery(expression.plan);
      }
    }
  }
}

function* outerJoin({ type, condition, left, right }: Join): Generator<Finding> {
  if (type === 'inner' || condition === null) return;
  const isLeft = (id: string) => left.columns.some((column) => column.id === id);
  const isRight = (id: string) => right.columns.some((column) => column.id === id);
  for (const part of conjunctsOf(condition)) {
    if (!callsPython(part) || comparesSides(part, isLeft, isRight)) continue;
    const ids = [...referencedColumns(part)];
    const isOfPadded = type === 'left' ? !ids.some(isLeft) : type === 'right' && !ids.some(isRight);
    if (!isOfPadded) yield refusal(part, `${type.toUpperCase()} JOIN`);
  }
}

function* subquery(plan: LogicalPlan): Generator<Finding> {
  const outer = outerColumns(plan);
  if (outer.size === 0) return;
  const isOuter = (id: string) => outer.has(id);
  const isInner = (id: string) => !outer.has(id);
  for (const node of nodesOf(plan)) {
    if (node.kind !== 'filter') continue;
    for (const part of conjunctsOf(node.predicate)) {
      const isOfPairs = callsPython(part) && [...referencedColumns(part)].some(isOuter);
      if (isOfPairs && !comparesSides(part, isOuter, isInner)) yield refusal(part, 'subquery');
    }
  }
}

/** `f(a) = g(b)`, each side over one input: Flink computes both before it joins. */
function comparesSides(
  part: Expression,
  isLeft: (id: string) => boolean,
  isRight: (id: string) => boolean,
): boolean {
  if (part.kind !== 'call' || part.function !== '=') return false;
  const [a, b] = part.arguments.map((side) => [...referencedColumns(side)]) as [string[], string[]];
  return (a.every(isLeft) && b.every(isRight)) || (a.every(isRight) && b.every(isLeft));
}

function refusal(part: Expression, where: string): Finding {
  return refused(
    'python-in-outer-join',
    `Flink calls Python in the condition of an inner join alone, and this is a ${where}.`,
    'Call the function in SELECT of one of the inputs and compare its column, or filter the pairs of an inner join.',
    [...expressionsIn(part)].find(({ kind, span }) => kind === 'python_call' && span !== null) ?? part,
  );
}
