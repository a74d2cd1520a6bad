/** Whether the process that says HELLO is the worker that was started, and speaks what we speak. */
import { InternalError, type MillstreamError } from '../core/index.js';
import { versionMismatch } from './harness-versions.js';
import { type Hello, PROTOCOL_VERSION } from './protocol/messages.js';

/** What must be said. */
export interface ExpectedHello {
  readonly token: string;
  readonly worker: string;
  readonly epoch: number;
  /** The interpreter, for the error on its packages. */
  readonly python: string;
}

/** Why a HELLO is refused; null: it is not. */
export function helloProblem(hello: Hello, expected: ExpectedHello): MillstreamError | null {
  const { token, worker, epoch, protocol } = hello;
  if (token !== expected.token || worker !== expected.worker || epoch !== expected.epoch) {
    return new InternalError('PROTOCOL_TOKEN', 'A process without the right token spoke as this worker.');
  }
  if (protocol !== PROTOCOL_VERSION) {
    const message = `The worker speaks protocol ${protocol}, this core speaks ${PROTOCOL_VERSION}.`;
    return new InternalError('PROTOCOL_VERSION', message);
  }
  return versionMismatch(expected.python, hello.versions);
}
