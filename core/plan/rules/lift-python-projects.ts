/** Moves Python calls above ORDER BY and LIMIT that do not need them. */

import type { Expression } from '../expression.js';
import { callsPython, hasWindowCall, isVolatileCall } from '../expression-facts.js';
import type { LogicalPlan } from '../logical-plan.js';
import type { Project } from '../plan-builders.js';
import { substitute, substitutionOf } from '../substitute.js';
import { mapKeys, someExpression } from '../visit-expression.js';
import { mapInputs } from '../visit-plan.js';
import type { Rule } from './rule.js';

/**
 * `LIMIT 10` over a projection with Python calls calls them for ten rows only; `ORDER BY` sorts the narrow
 * rows before the calls, whose stages keep the order.
 */
export const liftPythonProjects: Rule = { name: 'lift-python-projects', apply: (plan) => visit(plan) };

function visit(plan: LogicalPlan): LogicalPlan {
  const node = mapInputs(plan, visit);
  if (node.kind !== 'sort' && node.kind !== 'limit') return node;
  const project = node.input;
  if (project.kind !== 'project' || !isLiftable(project)) return node;
  if (node.kind === 'limit') {
    const input = visit({ ...node, input: project.input, columns: project.input.columns });
    return { ...project, input };
  }
  const meaning = substitutionOf(project);
  const keys = mapKeys(node.keys, (key) => substitute(key, meaning));
  if (keys.some((key) => isComputed(key.expression))) return node;
  const input = visit({ ...node, input: project.input, columns: project.input.columns, keys });
  return { ...project, input };
}

function isLiftable(project: Project): boolean {
  return project.expressions.some(callsPython) && !project.expressions.some(hasWindowCall);
}

function isComputed(key: Expression): boolean {
  return someExpression(key, (e) => e.kind === 'python_call' || isVolatileCall(e));
}
