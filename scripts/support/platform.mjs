/** Which machines the set-up accepts. */
import { SetupError } from './console.mjs';

const LEAST_NODE = [20, 19];

/**
 * @param {string} platform as `process.platform`
 * @param {string} nodeVersion as `process.versions.node`
 * @throws {SetupError} on Windows and other systems without the worker's needs, and for a Node that is too old
 */
export function checkPlatform(platform, nodeVersion) {
  if (platform === 'win32') {
    throw new SetupError(
      'Millstream does not run on Windows: its workers need Unix sockets, fork and signals.',
      'Use Linux, macOS, or WSL 2 (`wsl --install`, then clone inside it).',
    );
  }
  if (platform !== 'linux' && platform !== 'darwin') {
    throw new SetupError(`Millstream does not run on ${platform}.`, 'Use Linux or macOS.');
  }
  const [major, minor] = nodeVersion.split('.').map(Number);
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    throw new SetupError(
      `Node ${nodeVersion} is too old: Millstream needs ${LEAST_NODE.join('.')} or newer.`,
      'Install a current Node (https://nodejs.org/en/download), then run the command again.',
    );
  }
}
