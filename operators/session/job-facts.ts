/** What a job tells its functions, from the configuration. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { type Configuration, ConfigurationError } from '../../core/index.js';
import type { JobFacts } from '../engine.js';

/** Facts of a new run. @throws {ConfigurationError} CACHED_FILE where a file cannot be read */
export function jobFacts(configuration: Configuration, workingDirectory: string): JobFacts {
  const files = (configuration.get('pipeline.cached-files') ?? []).map(({ name, path }) => [
    name!,
    readableFile(name!, resolve(workingDirectory, path!.replace(/^file:\/\//, ''))),
  ]);
  return {
    id: randomBytes(16).toString('hex'),
    parameters: configuration.get('pipeline.global-job-parameters') ?? {},
    cachedFiles: Object.fromEntries(files),
  };
}

function readableFile(name: string, path: string): string {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new ConfigurationError(
      'CACHED_FILE',
      `The file '${name}' of pipeline.cached-files cannot be read: ${path}.`,
      {
        hint: 'Relative paths start at the working directory.',
        cause: error,
      },
    );
  }
  return path;
}
