/** Checks a parsed job file against its JSON Schema and points at the first place that does not fit. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml';
import { nearNames } from '../../core/index.js';
import type { ErrorSource } from '../errors/render-error.js';
import { JobError } from './job-error.js';
import schema from './job-file.schema.json' with { type: 'json' };

/** @throws {JobError} JOB_FILE_INVALID, with line and column of the key or value */
export function checkJobFile(source: ErrorSource, document: Document.Parsed, lines: LineCounter): void {
  const validate = validator();
  if (validate(document.toJS())) return;
  const problem = validate.errors?.[0];
  if (problem !== undefined) throw problemAt(problem, [], source, document, lines);
}

/** The error for what `problem` says of the value at `above`. */
export function problemAt(
  problem: ErrorObject,
  above: readonly string[],
  source: ErrorSource,
  document: Document.Parsed,
  lines: LineCounter,
): JobError {
  const path = [...above, ...problem.instancePath.split('/').slice(1).map(unescapePointer)];
  const unknownKey =
    problem.keyword === 'additionalProperties' ? String(problem.params.additionalProperty) : null;
  const [start, end] = rangeOf(document, path, unknownKey);
  const { line, col } = lines.linePos(start);
  return new JobError('JOB_FILE_INVALID', describe(problem, path, unknownKey), source, {
    details: { file: source.name, line, column: col, length: lengthOnLine(source.text, start, end) },
    hint: hintFor(problem, unknownKey),
  });
}

/** The pattern of functions' targets in the schema. */
const MODULE_ATTRIBUTE = '^[^\\s.]+(\\.[^\\s.]+)+$';

let compiled: ValidateFunction | null = null;

function validator(): ValidateFunction {
  compiled ??= new Ajv({ verbose: true, allowUnionTypes: true }).compile(schema);
  return compiled;
}

function describe(problem: ErrorObject, path: readonly string[], unknownKey: string | null): string {
  const place = path.length === 0 ? 'the job file' : `\`${path.join('.')}\``;
  if (path.length === 0 && problem.keyword === 'type') {
    return problem.data === null
      ? 'the job file is empty'
      : 'the job file is not a mapping of keys to values';
  }
  if (unknownKey !== null) return `${place} has no key \`${unknownKey}\``;
  switch (problem.keyword) {
    case 'required':
      return `${place} needs the key \`${problem.params.missingProperty}\``;
    case 'enum':
      return `${place} must be one of ${(problem.params.allowedValues as unknown[]).join(', ')}`;
    case 'pattern':
      return problem.parentSchema?.pattern === MODULE_ATTRIBUTE
        ? `${place} must be \`module.attribute\``
        : `${place} ${problem.message ?? 'does not fit'}`;
    case 'type':
      return `${place} must be of type ${[problem.params.type].flat().join(' or ')}`;
    default:
      return `${place} ${problem.message ?? 'does not fit'}`;
  }
}

function hintFor(problem: ErrorObject, unknownKey: string | null): string | null {
  if (problem.keyword === 'type' && problem.instancePath === '') {
    return 'The least that it needs is `sql: SELECT 1`.';
  }
  if (unknownKey === null) return null;
  const known = Object.keys((problem.parentSchema?.properties ?? {}) as object);
  const near = nearNames(unknownKey, known);
  return near.length > 0
    ? `Did you mean ${near.map((name) => `\`${name}\``).join(' or ')}?`
    : `Keys: ${known.join(', ')}.`;
}

/** Offsets of the value at `path`, or of the key `key` in it. */
function rangeOf(
  document: Document.Parsed,
  path: readonly string[],
  key: string | null,
): readonly [number, number] {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (key !== null && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (isScalar(pair?.key) && pair.key.range) return [pair.key.range[0], pair.key.range[1]];
  }
  if (isNode(node) && node.range) return [node.range[0], node.range[1]];
  return [0, 1];
}

function lengthOnLine(text: string, start: number, end: number): number {
  const lineEnd = text.indexOf('\n', start);
  return Math.max(1, Math.min(end, lineEnd < 0 ? text.length : lineEnd) - start);
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
