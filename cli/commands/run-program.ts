/** `millstream run` on JavaScript and TypeScript: the program makes its own TableEnvironment. */
import { pathToFileURL } from 'node:url';
import { CancelledError, MillstreamError } from '../../core/index.js';
import { renderError } from '../errors/render-error.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import type { ProgramJob } from '../job/job.js';

/**
 * Runs the module to its end; TypeScript goes through tsx. The program's `process.exitCode` is the command's.
 * What the program itself throws is printed as Node would, with its stack; an error of Millstream with its code and hint too.
 * @throws {CancelledError} that the program did not catch
 */
export async function runProgram(
  job: ProgramJob,
  programArguments: readonly string[],
  stderr: NodeJS.WritableStream,
): Promise<number> {
  process.argv = [process.execPath, job.file, ...programArguments];
  try {
    await importModule(job);
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    stderr.write(`${error instanceof Error ? describe(error) : String(error)}\n`);
    return EXIT_FAILED;
  }
  return typeof process.exitCode === 'number' ? process.exitCode : EXIT_DONE;
}

/** Where the command is a bundle, the program has classes of its own. */
function describe(error: Error & Partial<MillstreamError>): string {
  const { code, details, hint, message, stack = '' } = error;
  if (code === undefined || hint === undefined) return stack;
  const isOwn = error instanceof MillstreamError;
  const own = isOwn ? error : new MillstreamError(code, message, { hint, details: details ?? {} });
  const frames = stack.indexOf('\n    at ');
  return renderError(own, null, false) + (frames === -1 ? '' : stack.slice(frames));
}

async function importModule({ file, typescript }: ProgramJob): Promise<void> {
  const url = pathToFileURL(file).href;
  if (!typescript) {
    await import(url);
    return;
  }
  const { tsImport } = await import('tsx/esm/api');
  await tsImport(url, import.meta.url);
}
