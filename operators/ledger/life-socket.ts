/** A socket that shows that its process lives: the kernel closes it when that dies, however it dies. */
import { connect, createServer, type Server } from 'node:net';

/** Listens, and says nothing to those who connect; the process may end while it does. */
export class LifeSocket {
  private constructor(private readonly server: Server) {}

  static listen(path: string): Promise<LifeSocket> {
    const server = createServer((socket) => socket.on('error', () => undefined).destroy());
    server.unref();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve(new LifeSocket(server)));
    });
  }

  close(): void {
    this.server.close();
  }
}

/** False where the process that listened has died. One that is stopped or busy lives. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(!isDead(error)));
  });
}

/** Whether that error of a connection says that nobody listens any more. Others say that nobody has time now. */
export function isDead(error: Error): boolean {
  return 'code' in error && ['ECONNREFUSED', 'ENOENT', 'ECONNRESET'].includes(String(error.code));
}
