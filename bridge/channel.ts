/** One bound DEALER socket for one worker: one reader loop, one send queue. Knows nothing of the messages. */
import { Dealer } from 'zeromq';

/** What a channel needs. */
export interface ChannelOptions {
  /** `ipc://` endpoint to bind. */
  readonly endpoint: string;
  /** Larger frames close the connection. */
  readonly maxFrameBytes: number;
  /** Called for each message, in order, when what it returned for the one before has resolved. An exception goes to `onError`. */
  readonly onMessage: (frames: readonly Uint8Array[]) => Promise<void> | undefined;
  /** The channel failed; it is closed. Not called after `close`. */
  readonly onError: (error: unknown) => void;
}

/** What a session needs of its channel. */
export type ChannelPort = Pick<Channel, 'send' | 'close'>;

/** Opens the core's end of a connection. */
export type OpenChannel = (options: ChannelOptions) => Promise<ChannelPort>;

/** Messages that wait in the core's memory to be read. */
const MOST_UNREAD = 64;

export class Channel {
  readonly #socket: Dealer;
  readonly #options: ChannelOptions;
  readonly #queue: Pending[] = [];
  #sending = false;
  #closed = false;

  private constructor(socket: Dealer, options: ChannelOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Binds and begins to read. */
  static async open(options: ChannelOptions): Promise<Channel> {
    const socket = new Dealer({
      linger: 0,
      maxMessageSize: options.maxFrameBytes,
      // Credits bound what is under way; a high-water mark would stop the queue without a word.
      sendHighWaterMark: 0,
      // Beyond them a peer waits while what it sent before is written to a file.
      receiveHighWaterMark: MOST_UNREAD,
    });
    try {
      await socket.bind(options.endpoint);
    } catch (error) {
      socket.close();
      throw error;
    }
    const channel = new Channel(socket, options);
    void channel.#read();
    return channel;
  }

  /** Resolves when ZeroMQ has the frames, which stay frozen until the peer has answered; rejects once closed. */
  send(frames: readonly Uint8Array[]): Promise<void> {
    if (this.#closed) {
      return Promise.reject(new ChannelClosed());
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ frames, resolve, reject });
      if (!this.#sending) {
        void this.#drain();
      }
    });
  }

  /** Closes the socket; what is still queued is rejected. */
  close(): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#socket.close();
    for (const pending of this.#queue.splice(0)) {
      pending.reject(new ChannelClosed());
    }
  }

  /** ZeroMQ allows one pending send: a second one throws EBUSY. */
  async #drain(): Promise<void> {
    this.#sending = true;
    for (let pending = this.#queue.shift(); pending !== undefined; pending = this.#queue.shift()) {
      try {
        await this.#socket.send(pending.frames as Uint8Array[]);
        pending.resolve();
      } catch (error) {
        pending.reject(this.#closed ? new ChannelClosed() : error);
      }
    }
    this.#sending = false;
  }

  /** A pending receive rejects with EAGAIN when the socket is closed. */
  async #read(): Promise<void> {
    try {
      while (!this.#closed) {
        const frames = await this.#socket.receive();
        const dealtWith = this.#options.onMessage(frames);
        if (dealtWith !== undefined) await dealtWith;
      }
    } catch (error) {
      if (!this.#closed) {
        this.close();
        this.#options.onError(error);
      }
    }
  }
}

/** A send on a channel that is closed; the worker's verdict says why. */
export class ChannelClosed extends Error {
  constructor() {
    super('the channel is closed');
    this.name = 'ChannelClosed';
  }
}

interface Pending {
  readonly frames: readonly Uint8Array[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
