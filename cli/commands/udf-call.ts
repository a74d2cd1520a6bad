/** The query that calls a function with arguments given as text. */
import type { FunctionDeclaration, FunctionParameter } from '../../core/index.js';
import { JobError } from '../job/job-error.js';

/**
 * A query whose rows are the function's results; `name` is SQL text. Arguments are converted to the declared types; `null` is NULL.
 * An aggregate function takes as many arguments for each row as it has parameters, and one row after the other.
 * @throws {JobError} UDF_TRY_ARGUMENTS where their number does not fit
 */
export function callQuery(name: string, declaration: FunctionDeclaration, args: readonly string[]): string {
  switch (declaration.kind) {
    case 'scalar':
      return `SELECT ${name}(${argumentList(declaration, args)})`;
    case 'table':
      return `SELECT t.* FROM (VALUES (0)) AS one_row(zero), LATERAL TABLE(${name}(${argumentList(declaration, args)})) AS t`;
    case 'aggregate':
      return aggregateQuery(name, declaration, args);
    case 'table_aggregate':
      throw new JobError('UDF_TRY_KIND', `${declaration.target} is a table aggregate function`, null, {
        hint: 'Call it in a job: it needs a grouped table.',
      });
  }
}

function aggregateQuery(name: string, declaration: FunctionDeclaration, args: readonly string[]): string {
  const width = declaration.parameters.length;
  if (width === 0 || args.length % width !== 0) {
    throw wrongNumber(declaration, args.length, `a multiple of ${width}`);
  }
  const rows: string[] = [];
  for (let at = 0; at < args.length; at += width) {
    rows.push(`(${argumentList(declaration, args.slice(at, at + width))})`);
  }
  const columns = declaration.parameters.map((_, position) => `a${position}`).join(', ');
  return `SELECT ${name}(${columns}) FROM (VALUES ${rows.join(', ')}) AS t(${columns})`;
}

function argumentList(declaration: FunctionDeclaration, args: readonly string[]): string {
  const { parameters } = declaration;
  const last = parameters.at(-1);
  const least = parameters.filter(({ hasDefault, variadic }) => !hasDefault && !variadic).length;
  const most = last?.variadic ? Number.POSITIVE_INFINITY : parameters.length;
  if (args.length < least || args.length > most) {
    throw wrongNumber(declaration, args.length, least === most ? `${least}` : `${least} to ${most}`);
  }
  return args.map((text, position) => literal(text, parameters[position] ?? last)).join(', ');
}

function wrongNumber(declaration: FunctionDeclaration, given: number, wanted: string): JobError {
  const names = declaration.parameters.map(({ name }) => name).join(', ');
  return new JobError(
    'UDF_TRY_ARGUMENTS',
    `${declaration.target} takes ${wanted} ${wanted === '1' ? 'argument' : 'arguments'}, not ${given}`,
    null,
    {
      hint: `Its parameters are: ${names === '' ? 'none' : names}.`,
    },
  );
}

function literal(text: string, parameter: FunctionParameter | undefined): string {
  const isNull = text.toLowerCase() === 'null';
  const type = parameter?.type ?? (isNull ? 'STRING' : guessedType(text));
  return isNull
    ? `CAST(NULL AS ${nullable(type)})`
    : `CAST('${text.replaceAll("'", "''")}' AS ${nullable(type)})`;
}

function guessedType(text: string): string {
  if (/^[+-]?\d+$/.test(text)) return 'BIGINT';
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return 'DOUBLE';
  return /^(true|false)$/i.test(text) ? 'BOOLEAN' : 'STRING';
}

function nullable(type: string): string {
  return type.replace(/ NOT NULL$/, '');
}
