/** `millstream run` on JavaScript and TypeScript: the program makes its own TableEnvironment. */
import { pathToFileURL } from 'node:url';
import { MillstreamError } from '../../core/index.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import type { ProgramJob } from '../job/job.js';

/**
 * Runs the module to its end; TypeScript goes through tsx. The program's `process.exitCode` is the command's.
 * What the program itself throws is printed as Node would, with its stack.
 * @throws {MillstreamError} that the program did not catch
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
    if (error instanceof MillstreamError) throw error;
    stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return EXIT_FAILED;
  }
  return typeof process.exitCode === 'number' ? process.exitCode : EXIT_DONE;
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
