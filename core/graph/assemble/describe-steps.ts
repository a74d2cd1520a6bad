/** One line about a Python stage. */
import type { PlannedArgument, PlannedStep, PythonBoundary } from '../boundary.js';

/** The calls as they are nested: `filter is_good(score(a_1, 2))`, `f(a_1), g(b_2)`. */
export function describeSteps(mode: PythonBoundary['mode'], steps: readonly PlannedStep[]): string {
  const used = new Set(
    steps.flatMap((step) =>
      step.arguments.flatMap((argument) => (argument.kind === 'step' ? [argument.step] : [])),
    ),
  );
  const calls = steps.flatMap((_, i) => (used.has(i) ? [] : [describeStep(steps, i)]));
  return mode === 'scalar' ? calls.join(', ') : `${mode} ${calls.join(', ')}`;
}

function describeStep(steps: readonly PlannedStep[], index: number): string {
  const step = steps[index]!;
  const args = step.arguments.map((argument) => describeArgument(steps, argument)).join(', ');
  const call = `${step.function}(${step.distinct ? 'DISTINCT ' : ''}${args})`;
  const filter = step.filter === null ? '' : ` FILTER ${step.filter}`;
  return `${call}${filter}${step.guard === null ? '' : ` WHERE ${step.guard}`}`;
}

function describeArgument(steps: readonly PlannedStep[], argument: PlannedArgument): string {
  switch (argument.kind) {
    case 'column':
      return argument.id;
    case 'step':
      return describeStep(steps, argument.step);
    case 'table':
      return `TABLE(${argument.ids.join(', ')})`;
    case 'literal':
      return typeof argument.value === 'string' ? `'${argument.value}'` : String(argument.value);
  }
}
