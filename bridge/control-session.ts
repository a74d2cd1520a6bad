/** The control connection of one worker: its HELLO, instructions with their replies, heartbeats and log lines. */
import { CancelledError, InternalError, type MillstreamError } from '../core/index.js';
import { Channel } from './channel.js';
import { encodeHeader, MAX_CONTROL_BYTES, parseJson } from './protocol/frames.js';
import type { Heartbeat, Hello, Instruction, Log, Metrics, Reply, Welcome } from './protocol/messages.js';
import { checkControlFromWorker, checkResult, type ResultDefinition } from './protocol/validate.js';
import { fromWireError } from './wire-error.js';

/** What a control session tells its worker. */
export interface ControlListener {
  onHello(hello: Hello): void;
  onHeartbeat(heartbeat: Heartbeat): void;
  onLog(log: Log): void;
  onMetrics(metrics: Metrics): void;
  /** The worker broke the protocol, or the connection failed. */
  onBroken(error: unknown): void;
}

export class ControlSession {
  readonly #worker: string;
  readonly #listener: ControlListener;
  readonly #waiting = new Map<number, Waiting>();
  #channel: Channel | null = null;
  #nextId = 1;
  #end: MillstreamError | null = null;

  private constructor(worker: string, listener: ControlListener) {
    this.#worker = worker;
    this.#listener = listener;
  }

  static async open(worker: string, endpoint: string, listener: ControlListener): Promise<ControlSession> {
    const session = new ControlSession(worker, listener);
    session.#channel = await Channel.open({
      endpoint,
      maxFrameBytes: MAX_CONTROL_BYTES,
      onMessage: (frames) => {
        session.#onMessage(frames);
        return undefined;
      },
      onError: (error) => listener.onBroken(error),
    });
    return session;
  }

  welcome(welcome: Welcome): void {
    this.#send(welcome);
  }

  /** Sends an instruction; resolves with its result, checked. Rejects with the worker's error or its verdict. */
  instruct<Result>(body: Instruction['body'], definition: ResultDefinition): Promise<Result> {
    if (this.#end !== null) {
      return Promise.reject(this.#end);
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const stage = 'stage' in body ? body.stage : null;
      this.#waiting.set(id, { definition, stage, resolve: (result) => resolve(result as Result), reject });
      const instruction: Instruction = { type: 'instruction', id, body };
      this.#send(instruction);
    });
  }

  /** Closes the connection; what waits is rejected with `error`. */
  close(error: MillstreamError | null): void {
    this.#end = error ?? new CancelledError('CANCELLED', `Worker ${this.#worker} was stopped.`);
    this.#channel?.close();
    for (const waiting of this.#waiting.values()) {
      waiting.reject(this.#end);
    }
    this.#waiting.clear();
  }

  #send(message: object): void {
    // A failed send means that the session was closed, which settles everything that waits.
    this.#channel?.send(encodeHeader(message)).catch(() => undefined);
  }

  #onMessage(frames: readonly Uint8Array[]): void {
    try {
      if (frames.length !== 1) {
        throw new InternalError(
          'PROTOCOL_FRAMES',
          `A worker sent a control message of ${frames.length} frames.`,
        );
      }
      this.#dispatch(frames[0]!);
    } catch (error) {
      this.#listener.onBroken(error);
    }
  }

  #dispatch(frame: Uint8Array): void {
    const message = checkControlFromWorker(parseJson(frame));
    switch (message.type) {
      case 'hello':
        this.#listener.onHello(message);
        break;
      case 'heartbeat':
        this.#listener.onHeartbeat(message);
        break;
      case 'log':
        this.#listener.onLog(message);
        break;
      case 'metrics':
        this.#listener.onMetrics(message);
        break;
      case 'reply':
        this.#onReply(message);
        break;
    }
  }

  #onReply(reply: Reply): void {
    const waiting = this.#waiting.get(reply.instruction);
    if (waiting === undefined) {
      throw new InternalError(
        'PROTOCOL_MESSAGE',
        `A worker answered instruction ${reply.instruction}, which was not given.`,
      );
    }
    this.#waiting.delete(reply.instruction);
    if (reply.error !== null) {
      waiting.reject(fromWireError(reply.error, { worker: this.#worker, stage: waiting.stage }));
      return;
    }
    try {
      waiting.resolve(checkResult(reply.result, waiting.definition));
    } catch (error) {
      waiting.reject(error);
      throw error;
    }
  }
}

interface Waiting {
  readonly definition: ResultDefinition;
  readonly stage: string | null;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}
