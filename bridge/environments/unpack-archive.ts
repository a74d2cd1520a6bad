/** Archives of `python.archives`: unpacked once, under the hash of the file. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../core/index.js';
import { type CommandOptions, runEnvironmentCommand } from './environment-command.js';

/** The folder with what is in `file`. @throws {EnvironmentError} ENV_ARCHIVE */
export async function unpackArchive(file: string, cache: string, options: CommandOptions): Promise<string> {
  const sha256 = (await hashOf(file)).slice(0, 32);
  const folder = join(cache, 'archives', sha256);
  if (existsSync(folder)) return folder;
  await runEnvironmentCommand('unpack', { cache, file, sha256 }, options);
  return folder;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new EnvironmentError('ENV_ARCHIVE', `The archive ${file} cannot be read.`, {
      hint: 'Paths of python.archives are relative to the working directory.',
      details: { file },
      cause,
    });
  }
  return hash.digest('hex');
}
