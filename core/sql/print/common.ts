/** Text of names, strings, lists, options and hints. */
import type {
  HintNode,
  Identifier,
  IntervalQualifier,
  ObjectName,
  OptionNode,
  StringNode,
  TableAlias,
} from '../ast.js';
import { quoteName } from '../lexer.js';

/** A name, in backticks where it needs them. */
export function nameText(identifier: Identifier): string {
  return quoteName(identifier.name);
}

/** A dotted name. */
export function objectText(name: ObjectName): string {
  return name.parts.map(nameText).join('.');
}

/** `(a, b)`. */
export function columnsText(columns: readonly Identifier[]): string {
  return `(${columns.map(nameText).join(', ')})`;
}

/** A string literal. */
export function stringText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** ` COMMENT '…'`, empty for null. */
export function commentText(comment: StringNode | null): string {
  return comment === null ? '' : ` COMMENT ${stringText(comment.value)}`;
}

/** `('k' = 'v', …)`. */
export function optionsText(options: readonly OptionNode[]): string {
  const list = options.map(({ key, value }) => `${stringText(key.value)} = ${stringText(value.value)}`);
  return `(${list.join(', ')})`;
}

/** ` WITH (…)`, empty where there are no options. */
export function withText(options: readonly OptionNode[]): string {
  return options.length === 0 ? '' : ` WITH ${optionsText(options)}`;
}

/** ` AS t (a, b)`, empty for null. */
export function aliasText(alias: TableAlias | null): string {
  if (alias === null) return '';
  return ` AS ${nameText(alias.name)}${alias.columns.length === 0 ? '' : ` ${columnsText(alias.columns)}`}`;
}

/** A hint block with a blank before it, empty where there are no hints. */
export function hintsText(hints: readonly HintNode[]): string {
  return hints.length === 0 ? '' : ` /*+ ${hints.map(hintText).join(', ')} */`;
}

function hintText(hint: HintNode): string {
  const name = nameText(hint.name);
  if (hint.options.length > 0) return name + optionsText(hint.options);
  if (hint.arguments.length === 0) return name;
  return `${name}(${hint.arguments.map(({ value }) => stringText(value)).join(', ')})`;
}

/** `DAY(3) TO SECOND(6)`. */
export function qualifierText({ start, precision, end, fraction }: IntervalQualifier): string {
  const digits = [precision, end === null ? fraction : null].filter((one) => one !== null);
  const first = digits.length === 0 ? start : `${start}(${digits.join(', ')})`;
  if (end === null) return first;
  return `${first} TO ${end}${fraction === null ? '' : `(${fraction})`}`;
}

/** The parts that are not empty, with blanks between. */
export function words(...parts: readonly (string | false | null)[]): string {
  return parts.filter((part) => part !== '' && part !== false && part !== null).join(' ');
}
