/** `millstream udf try FILE:FUNCTION ARG…`: one call of a Python function, in a worker, on the command's arguments. */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { FunctionDeclaration } from '../../core/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { JobError } from '../job/job-error.js';
import { callQuery } from './udf-call.js';
import { type ScriptOptions, withSession } from './with-session.js';

/** Prints each result row as a line of JSON: the value, or a list where there are several columns. */
export async function tryFunction(
  target: string,
  args: readonly string[],
  options: ScriptOptions,
  context: CommandContext,
): Promise<number> {
  const { file, name } = parseTarget(target);
  const functionName = name.split('.').at(-1) ?? name;
  // A system function, so that it also wins over a built-in one of its name.
  const create = `CREATE TEMPORARY SYSTEM FUNCTION \`${functionName}\` AS '${moduleOf(file)}.${name}' LANGUAGE PYTHON;`;
  const job: ScriptJob = {
    kind: 'script',
    source: { name: target, text: create },
    folder: dirname(file),
    mode: 'batch',
  };
  await withSession(job, options, context, async (session, reporter) => {
    for await (const _ of session.execute(create));
    const declaration = await session.declaration(functionName);
    reporter.note(signature(name, declaration));
    for await (const result of session.execute(callQuery(`\`${functionName}\``, declaration, args))) {
      if (result.kind !== 'rows') continue;
      for await (const batch of result.batches()) {
        for (let row = 0; row < batch.rows; row++) {
          const values = result.columns.map((_, column) => batch.jsonText(row, column));
          await context.stdout.write(values.length === 1 ? `${values[0]}\n` : `[${values.join(',')}]\n`);
        }
      }
    }
  });
  return EXIT_DONE;
}

function parseTarget(target: string): { file: string; name: string } {
  const colon = target.lastIndexOf(':');
  const file = resolve(target.slice(0, Math.max(colon, 0)));
  const name = target.slice(colon + 1);
  if (colon <= 0 || !/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name)) {
    throw new JobError('UDF_TRY_TARGET', `\`${target}\` does not name a function`, null, {
      hint: 'Write FILE:FUNCTION, for example `millstream udf try functions.py:score 3 4.5`.',
    });
  }
  if (!existsSync(file)) {
    throw new JobError('UDF_TRY_TARGET', `${file} does not exist`, null, {
      hint: `The path was resolved against the working directory, ${process.cwd()}.`,
    });
  }
  return { file, name };
}

function moduleOf(file: string): string {
  return basename(file, '.py').replaceAll("'", "''");
}

function signature(name: string, { parameters, result, kind, batch }: FunctionDeclaration): string {
  const texts = parameters.map((parameter) => `${parameter.name} ${parameter.type ?? 'ANY'}`);
  const vectorised = batch === null ? '' : `, batch=${batch}`;
  return `${name}(${texts.join(', ')}) → ${result} (${kind} function${vectorised})`;
}
