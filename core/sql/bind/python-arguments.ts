/** Arguments of Python functions: by position and by name, defaults, implicit conversions. */
import type { FunctionDeclaration, FunctionParameter } from '../../functions/function-declaration.js';
import type { Expression } from '../../plan/expression.js';
import { implicitlyCastable } from '../../types/common-type.js';
import { sameType } from '../../types/same-type.js';
import { typeToText } from '../../types/type-text.js';
import type { ArgumentNode, FunctionCallNode } from '../ast.js';
import { bindError, nearHint } from './bind-context.js';
import { coerce } from './coerce.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { declaredType } from './python-types.js';

/** Bound arguments in the order written, with the names of those passed by name. */
export interface PythonArguments {
  readonly args: Expression[];
  readonly names: (string | null)[];
}

/** Binds an argument that is a table; what it returns stands for it among the arguments. */
export type TableBinder = (parameter: FunctionParameter, argument: ArgumentNode) => Expression;

/** @throws {SqlError} for a missing, surplus or unknown argument, or one whose type does not fit. */
export function bindPythonArguments(
  at: ExpressionContext,
  node: FunctionCallNode,
  declaration: FunctionDeclaration,
  bindTable: TableBinder | null = null,
): PythonArguments {
  const args: Expression[] = [];
  const names: (string | null)[] = [];
  const given = new Set<string>();
  for (const [i, argument] of node.arguments.entries()) {
    const parameter = parameterFor(at, declaration, node.arguments, i, given);
    if (argument.value.kind === 'default') {
      if (parameter.hasDefault) continue;
      throw problem(
        at,
        declaration,
        `Parameter '${parameter.name}' of ${declaration.name} has no default.`,
        argument,
      );
    }
    const last = names.at(-1) ?? null;
    const skipped = node.arguments.slice(0, i).some((earlier) => earlier.value.kind === 'default');
    args.push(
      parameter.table !== null && bindTable !== null
        ? bindTable(parameter, argument)
        : bindArgument(at, declaration, parameter, argument),
    );
    names.push(argument.name?.name ?? (skipped || last !== null ? parameter.name : null));
  }
  const missing = declaration.parameters.filter((p) => !p.hasDefault && !p.variadic && !given.has(p.name));
  if (missing.length > 0) {
    const text = missing.map((parameter) => `'${parameter.name}'`).join(', ');
    throw problem(at, declaration, `${declaration.name} is called without ${text}.`, node);
  }
  return { args, names };
}

/** `f(a BIGINT, b STRING = …, *rest)`. */
export function signatureOf(declaration: FunctionDeclaration): string {
  const parameters = declaration.parameters.map((parameter) => {
    const type = parameter.table !== null ? ' TABLE' : parameter.type === null ? '' : ` ${parameter.type}`;
    return `${parameter.variadic ? '*' : ''}${parameter.name}${type}${parameter.hasDefault ? ' = …' : ''}`;
  });
  return `${declaration.name}(${parameters.join(', ')})`;
}

function parameterFor(
  at: ExpressionContext,
  declaration: FunctionDeclaration,
  args: readonly ArgumentNode[],
  position: number,
  given: Set<string>,
): FunctionParameter {
  const { parameters } = declaration;
  const argument = args[position]!;
  const { name } = argument;
  if (name === null) {
    if (args.slice(0, position).some((earlier) => earlier.name !== null)) {
      const message = 'An argument by position stands behind one by name.';
      throw problem(at, declaration, message, argument);
    }
    const byPosition = parameters.filter((candidate) => !candidate.keywordOnly);
    const last = byPosition.at(-1);
    const parameter = byPosition[position] ?? (last?.variadic === true ? last : undefined);
    if (parameter === undefined) {
      const count = byPosition.length;
      const message = `${declaration.name} takes ${count} argument${count === 1 ? '' : 's'}, not ${position + 1}.`;
      throw problem(at, declaration, message, argument);
    }
    given.add(parameter.name);
    return parameter;
  }
  const parameter = parameters.find((candidate) => candidate.name === name.name && !candidate.variadic);
  if (parameter === undefined) {
    const hint = nearHint(
      name.name,
      parameters.map((p) => p.name),
      'Parameters',
    );
    throw bindError(
      at.context,
      codeFor(declaration),
      `${declaration.name} has no parameter '${name.name}'.`,
      name.span,
      hint,
    );
  }
  if (given.has(parameter.name)) {
    throw problem(
      at,
      declaration,
      `Parameter '${parameter.name}' of ${declaration.name} is given twice.`,
      argument,
    );
  }
  given.add(parameter.name);
  return parameter;
}

function bindArgument(
  at: ExpressionContext,
  declaration: FunctionDeclaration,
  parameter: FunctionParameter,
  argument: ArgumentNode,
): Expression {
  const { value } = argument;
  if (
    value.kind === 'star' ||
    value.kind === 'keyword' ||
    value.kind === 'descriptor' ||
    value.kind === 'table_argument' ||
    value.kind === 'default'
  ) {
    throw problem(at, declaration, `This is no argument of ${declaration.name}.`, argument);
  }
  const bound = bindExpression(at, value);
  if (parameter.type === null) return bound;
  const wanted = declaredType(at.context, declaration, parameter.type, argument.span);
  if (sameType(bound.type, wanted, 'ignore')) return bound;
  if (implicitlyCastable(bound.type, wanted)) return coerce(bound, wanted);
  throw bindError(
    at.context,
    'SQL_ARGUMENTS',
    `Parameter '${parameter.name}' of ${declaration.name} is ${typeToText({ ...wanted, nullable: true })}, ` +
      `but the argument is ${typeToText({ ...bound.type, nullable: true })}.`,
    argument.span,
    `Use CAST(… AS ${typeToText({ ...wanted, nullable: true })}).`,
  );
}

function problem(
  at: ExpressionContext,
  declaration: FunctionDeclaration,
  message: string,
  node: { readonly span: ArgumentNode['span'] },
) {
  return bindError(
    at.context,
    codeFor(declaration),
    message,
    node.span,
    `It is declared as ${signatureOf(declaration)}.`,
  );
}

function codeFor({ kind }: FunctionDeclaration): 'SQL_ARGUMENTS' | 'UDTF_BAD_ARGS' {
  return kind === 'table' ? 'UDTF_BAD_ARGS' : 'SQL_ARGUMENTS';
}
