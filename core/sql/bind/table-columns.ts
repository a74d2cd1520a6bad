/** The columns of a table function: declared, or analyzed for the call. */
import { AnalysisNeeded, type AnalyzedArgument } from '../../functions/analysis.js';
import type { FunctionDeclaration } from '../../functions/function-declaration.js';
import type { Expression } from '../../plan/expression.js';
import { isWireLiteral, wireLiteral } from '../../plan/wire-literal.js';
import type { DataType, RowField } from '../../types/data-type.js';
import { typeToText } from '../../types/type-text.js';
import type { Span } from '../span.js';
import type { BindContext } from './bind-context.js';
import { declaredType } from './python-types.js';

/** What `analyze` is told of an argument: a value, or the columns of a table. */
export type KnownArgument = Expression | { readonly kind: 'rows'; readonly fields: readonly RowField[] };

/** @throws {AnalysisNeeded} where the function decides for this call and was not asked yet. */
export function tableColumns(
  context: BindContext,
  declaration: FunctionDeclaration,
  args: readonly KnownArgument[],
  names: readonly (string | null)[],
  span: Span,
): readonly RowField[] {
  const result = declaration.analyzes ? analyzed(context, declaration, args, names) : declaration.result;
  const row: DataType = declaredType(context, declaration, result, span);
  return row.kind === 'ROW' ? row.fields : [{ name: 'f0', type: row }];
}

function analyzed(
  context: BindContext,
  declaration: FunctionDeclaration,
  args: readonly KnownArgument[],
  names: readonly (string | null)[],
): string {
  const request = {
    function: declaration.name,
    arguments: args.map((argument, i) => known(argument, names[i] ?? null)),
  };
  const answer = context.functions.analysis?.(request) ?? null;
  if (answer === null) throw new AnalysisNeeded(request);
  return answer;
}

function known(argument: KnownArgument, name: string | null): AnalyzedArgument {
  if (argument.kind === 'rows') {
    const type = typeToText({ kind: 'ROW', nullable: false, fields: argument.fields });
    return { name, type, isTable: true, isConstant: false, value: null };
  }
  const type = typeToText(argument.type);
  const isConstant = argument.kind === 'literal' && isWireLiteral(argument.type, argument.value);
  const value = isConstant ? wireLiteral(argument.type, argument.value) : null;
  return { name, type, isTable: false, isConstant, value };
}
