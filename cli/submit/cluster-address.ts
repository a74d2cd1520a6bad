/** HOST:PORT of a Flink server. */
import { InvalidArgumentError } from 'commander';
import { JobError } from '../job/job-error.js';

/** A commander parser: `http://` is put in front where there is no scheme. */
export function clusterAddress(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (text.includes('@')) {
    // Not as an argument that is invalid, which is told with its text.
    throw new JobError('JOB_OPTION', 'The address of a Flink server takes no user and password', null, {
      hint: 'Give HOST:PORT; servers that ask who somebody is are reached through a tunnel.',
    });
  }
  if (!/^https?:\/\/[^/?#]+:\d+\/?$/.test(url) || !URL.canParse(url))
    throw new InvalidArgumentError('It is HOST:PORT.');
  return url.replace(/\/$/, '');
}

/** True where the server is on this machine, so that it reads the files that are written here. */
export function isOnThisMachine(url: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);
}

/** The JobManager of a session's configuration, seen from here: a gateway may say `localhost` of its own machine. */
export function jobManagerUrl(gateway: string, properties: Readonly<Record<string, string>>): string {
  const { protocol, hostname } = new URL(gateway);
  const {
    'rest.address': address = properties['jobmanager.rpc.address'] ?? hostname,
    'rest.port': port = '8081',
  } = properties;
  const isItsOwn = /^(localhost|127\.[\d.]+|0\.0\.0\.0)$/.test(address);
  return `${protocol}//${isItsOwn ? hostname : address}:${port}`;
}
