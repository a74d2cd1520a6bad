/** `millstream check --portable`: what of a job is not on Apache Flink as it is here. */
import { type FlinkVersion, PlanError } from '../../core/index.js';
import type { PlacedFinding } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { renderError } from '../errors/render-error.js';
import { EXIT_DONE, EXIT_INVALID } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { type ScriptOptions, withSession } from './with-session.js';

export interface PortableOptions extends ScriptOptions {
  readonly version: FlinkVersion;
  /** `json`: one object a finding, a line each. */
  readonly format: 'text' | 'json';
}

/**
 * Lists every finding: on stderr for people, on stdout as JSON. Exit code 2 where Flink would refuse or do otherwise, or where the
 * job is wrong here too; options that are dropped and what an export rewrites leave it 0.
 */
export async function checkPortable(
  job: ScriptJob,
  options: PortableOptions,
  context: CommandContext,
): Promise<number> {
  let against = 0;
  let dropped = 0;
  let rewritten = 0;
  await withSession(job, options, context, async (session, reporter) => {
    const tell = async (finding: Told, error: unknown) => {
      if (finding.effect === 'dropped') dropped += 1;
      else if (finding.effect === 'rewritten') rewritten += 1;
      else against += 1;
      if (options.format === 'json') await context.stdout.write(`${JSON.stringify(finding)}\n`);
      else reporter.line(told(finding, renderError(error, job.source, false)));
    };
    for await (const result of session.portability(job.source.text, options.version)) {
      if (result.kind === 'wrong') {
        const { code, message, hint, details } = result.error;
        const { line, column, length } = details;
        await tell({ rule: code, effect: 'wrong', message, hint, line, column, length }, result.error);
        continue;
      }
      for (const finding of result.findings) await tell(finding, asError(finding));
    }
  });
  if (options.format === 'text')
    await context.stdout.write(`${verdict(against, { dropped, rewritten }, options.version)}\n`);
  return against === 0 ? EXIT_DONE : EXIT_INVALID;
}

/** A finding, or an error that the job has here too. */
interface Told {
  readonly rule: string;
  readonly effect: PlacedFinding['effect'] | 'wrong';
  readonly message: string;
  readonly hint: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly length: number | null;
}

/** @returns what is rendered; nothing is thrown */
export function asError({ rule, effect, message, hint, line, column, length }: PlacedFinding): PlanError {
  const code = CODES[effect];
  return new PlanError(code, message, { details: { line, column, length }, hint: `${hint} [${rule}]` });
}

const CODES: Readonly<Record<PlacedFinding['effect'], string>> = {
  refused: 'NOT_PORTABLE',
  differs: 'NOT_PORTABLE',
  dropped: 'PORTABLE_DROPPED',
  rewritten: 'PORTABLE_REWRITTEN',
};

/** What is dropped or rewritten is no error. */
function told({ effect }: Told, text: string): string {
  return effect === 'dropped' || effect === 'rewritten' ? text.replace(/^Error /, 'Note ') : text;
}

interface Notes {
  readonly dropped: number;
  readonly rewritten: number;
}

function verdict(against: number, { dropped, rewritten }: Notes, version: FlinkVersion): string {
  const notes = [
    dropped === 0 ? '' : `; ${counted(dropped, 'option')} dropped`,
    rewritten === 0 ? '' : `; ${counted(rewritten, 'aggregate')} rewritten by export`,
  ].join('');
  if (against === 0) return `portable: Flink ${version} runs this job${notes}`;
  return `not portable to Flink ${version}: ${counted(against, 'finding')}${notes}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
