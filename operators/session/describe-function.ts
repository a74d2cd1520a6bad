/** DESCRIBE FUNCTION EXTENDED: what a function is, as rows of text. */
import {
  type Configuration,
  type FunctionDeclaration,
  type FunctionParameter,
  shownTarget,
} from '../../core/index.js';
import type { Listing } from './show.js';

/** Options that the session adds to those of the decorator. */
const OF_SESSION = ['environment', 'sandbox'];

/**
 * Signature, types, rules of NULL and where the function is, then a row for each option in force with where it came
 * from: the decorator, or the layer of the configuration that wins over it.
 * @param python The interpreter of the function's own environment; null: that of the session.
 */
export function describeFunction(
  declaration: FunctionDeclaration,
  configuration: Configuration,
  python: string | null,
): Listing {
  const { name, kind, parameters, result, accumulator, target, file, line, doc } = declaration;
  const facts: [string, string | null][] = [
    ['name', name],
    ['target', shownTarget(target)],
    ['language', 'PYTHON'],
    ['kind', kind.replace('_', ' ')],
    ['signature', `${name}(${parameters.map(parameterText).join(', ')})`],
    ['result', declaration.analyzes ? 'by analyze, for each call' : result],
    ...declaration.sideOutputs.map(({ tag, type }): [string, string] => [`side output ${tag}`, type]),
    ...(accumulator === null ? [] : [['accumulator', accumulator] as [string, string]]),
    ['null', nullText(parameters)],
    ['is deterministic', String(declaration.deterministic)],
    ['called with', calledWith(declaration)],
    ...(kind === 'aggregate' ? aggregateFacts(declaration) : []),
    ['file', file === null ? null : `${file}${line === null ? '' : `:${line}`}`],
    ['python', python],
    ['comment', doc],
    ...optionRows(declaration, configuration),
  ];
  return { columns: ['info name', 'info value'], rows: facts };
}

function aggregateFacts({ mergeable, retractable }: FunctionDeclaration): [string, string][] {
  return [
    ['has merge', String(mergeable)],
    ['has retract', String(retractable)],
  ];
}

function parameterText(parameter: FunctionParameter): string {
  const table = parameter.table === 'broadcast' ? 'BROADCAST TABLE' : 'TABLE';
  const type = parameter.table !== null ? table : parameter.type;
  const star = parameter.variadic ? '*' : '';
  const standard = parameter.hasDefault ? ' = …' : '';
  return `${star}${parameter.name}${type === null ? '' : ` ${type}`}${standard}`;
}

/** `x, y: not called, the result is NULL`; of an aggregate rows are left out. */
function nullText(parameters: readonly FunctionParameter[]): string {
  const strict = parameters.filter((parameter) => !parameter.nullable).map((parameter) => parameter.name);
  return strict.length === 0 ? 'every parameter takes NULL' : `not called with NULL for ${strict.join(', ')}`;
}

function calledWith({ batch, iterator, isAsync, kind }: FunctionDeclaration): string {
  if (batch !== null) return iterator ? `an iterator of ${batch} batches` : `${batch} vectors`;
  if (isAsync) return 'rows, awaited';
  return kind === 'aggregate' || kind === 'table_aggregate' ? 'rows of a group' : 'rows';
}

function optionRows(declaration: FunctionDeclaration, configuration: Configuration): [string, string][] {
  const settings = new Map(
    configuration.functionSettings(declaration.name).map((setting) => [setting.option, setting]),
  );
  const declared = Object.entries(declaration.options).filter(([option]) => !OF_SESSION.includes(option));
  const names = [...new Set([...declared.map(([option]) => option), ...settings.keys()])].sort();
  return names.map((option) => {
    const setting = settings.get(option);
    const text =
      setting === undefined
        ? `${declaration.options[option]} (decorator)`
        : `${setting.text} (${setting.layer})`;
    return [`option ${option}`, text];
  });
}
