/** Walks and rewrites expressions. Plans of subqueries are entered only where a name says so. */
import type { Expression, FrameBound, WindowFrame } from './expression.js';
import type { LogicalPlan, SortKey } from './logical-plan.js';

/** The direct operands, in the order of evaluation. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'call':
    case 'python_call':
      return expression.arguments;
    case 'cast':
      return [expression.argument];
    case 'case': {
      const branches = expression.branches.flatMap((branch) => [branch.when, branch.then]);
      return expression.otherwise === null ? branches : [...branches, expression.otherwise];
    }
    case 'field':
      return [expression.base];
    case 'subquery':
      return expression.operands;
    case 'window_call':
      return [
        ...expression.arguments,
        ...expression.partitionBy,
        ...expression.orderBy.map((key) => key.expression),
        ...frameOffsets(expression.frame),
      ];
  }
}

/** The same expression with each direct operand replaced; the very same object where nothing changed. */
export function mapOperands(expression: Expression, map: (operand: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'column':
    case 'literal':
      return expression;
    case 'call':
    case 'python_call': {
      const args = mapList(expression.arguments, map);
      return args === expression.arguments ? expression : { ...expression, arguments: args };
    }
    case 'cast': {
      const argument = map(expression.argument);
      return argument === expression.argument ? expression : { ...expression, argument };
    }
    case 'case': {
      const branches = mapList(expression.branches, (branch) => {
        const when = map(branch.when);
        const then = map(branch.then);
        return when === branch.when && then === branch.then ? branch : { when, then };
      });
      const otherwise = expression.otherwise === null ? null : map(expression.otherwise);
      const same = branches === expression.branches && otherwise === expression.otherwise;
      return same ? expression : { ...expression, branches, otherwise };
    }
    case 'field': {
      const base = map(expression.base);
      return base === expression.base ? expression : { ...expression, base };
    }
    case 'subquery': {
      const operands = mapList(expression.operands, map);
      return operands === expression.operands ? expression : { ...expression, operands };
    }
    case 'window_call':
      return {
        ...expression,
        arguments: mapList(expression.arguments, map),
        partitionBy: mapList(expression.partitionBy, map),
        orderBy: mapKeys(expression.orderBy, map),
        frame: mapFrame(expression.frame, map),
      };
  }
}

/** Rewrites bottom-up: operands first, then `rewrite` on what came out of them. */
export function rewriteExpression(
  expression: Expression,
  rewrite: (expression: Expression) => Expression,
): Expression {
  return rewrite(mapOperands(expression, (operand) => rewriteExpression(operand, rewrite)));
}

/** True where `test` holds for the expression or anything inside it. */
export function someExpression(expression: Expression, test: (expression: Expression) => boolean): boolean {
  return test(expression) || operandsOf(expression).some((operand) => someExpression(operand, test));
}

/** The keys with their expressions replaced. */
export function mapKeys(
  keys: readonly SortKey[],
  map: (expression: Expression) => Expression,
): readonly SortKey[] {
  return mapList(keys, (key) => {
    const expression = map(key.expression);
    return expression === key.expression ? key : { ...key, expression };
  });
}

/** The plans of all subqueries inside the expression, outermost first. */
export function subqueryPlans(expression: Expression): LogicalPlan[] {
  const found: LogicalPlan[] = [];
  addSubqueryPlans(expression, found);
  return found;
}

function addSubqueryPlans(expression: Expression, found: LogicalPlan[]): void {
  if (expression.kind === 'subquery') found.push(expression.plan);
  for (const operand of operandsOf(expression)) addSubqueryPlans(operand, found);
}

/** Like `Array.map`, but the very same array where no element changed. */
export function mapList<T>(list: readonly T[], map: (item: T) => T): readonly T[] {
  const mapped = list.map(map);
  return mapped.every((item, i) => item === list[i]) ? list : mapped;
}

function frameOffsets(frame: WindowFrame | null): Expression[] {
  if (frame === null) return [];
  return [frame.start, frame.end].flatMap((bound) => ('offset' in bound ? [bound.offset] : []));
}

function mapFrame(frame: WindowFrame | null, map: (operand: Expression) => Expression): WindowFrame | null {
  const bound = (b: FrameBound): FrameBound => ('offset' in b ? { ...b, offset: map(b.offset) } : b);
  return frame === null ? null : { ...frame, start: bound(frame.start), end: bound(frame.end) };
}
