/** The doors of the printer: syntax tree to SQL text that parses to the same tree. */
import type { ExpressionNode, QueryNode, Statement, TypeNode } from './ast.js';
import { expressionText } from './print/expression.js';
import { queryText } from './print/query.js';
import { statementText } from './print/statement.js';
import { typeText } from './print/type.js';

/** One statement on one line, without a semicolon. Comments and superfluous parentheses of the source are gone. */
export function printStatement(statement: Statement): string {
  return statementText(statement);
}

/** A query on one line. */
export function printQuery(query: QueryNode): string {
  return queryText(query);
}

/** A scalar expression, with the parentheses that it needs and no more. */
export function printExpression(expression: ExpressionNode): string {
  return expressionText(expression);
}

/** A type, `ROW<a INT NOT NULL>`. */
export function printType(type: TypeNode): string {
  return typeText(type);
}
