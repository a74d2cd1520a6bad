/** A server that answers as a gateway, or as a JobManager, does: each request from a table. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request is answered: JSON, or text with a status. */
export type Answer = object | string | { readonly status: number; readonly errors: readonly string[] };

export interface FakeFlink {
  readonly url: string;
  /** `POST /v4/sessions {…}` */
  readonly requests: string[];
  close(): Promise<void>;
}

/** @param answers by `METHOD path`; the first ones of a list are given once, the last one from then on */
export async function fakeFlink(answers: Readonly<Record<string, readonly Answer[]>>): Promise<FakeFlink> {
  const requests: string[] = [];
  const left = new Map(Object.entries(answers).map(([key, list]) => [key, [...list]]));
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const key = `${request.method} ${request.url}`;
    requests.push(body === '' ? key : `${key} ${body}`);
    const list = left.get(key) ?? [{ status: 404, errors: [`Not found: ${request.url}`] }];
    const answer = list.length > 1 ? list.shift()! : list[0]!;
    if (typeof answer === 'object' && 'status' in answer && 'errors' in answer) {
      response.writeHead(answer.status).end(JSON.stringify({ errors: answer.errors }));
    } else {
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What every gateway of Flink 2.3 answers. */
export const GATEWAY: Readonly<Record<string, readonly Answer[]>> = {
  'GET /info': [{ productName: 'Apache Flink', version: '2.3.0' }],
  'GET /api_versions': [{ versions: ['V1', 'V2', 'V3', 'V4'] }],
  'POST /v4/sessions': [{ sessionHandle: 's' }],
  'GET /v4/sessions/s': [{ properties: { 'rest.address': 'localhost', 'rest.port': '1' } }],
  'POST /v4/sessions/s/heartbeat': [{}],
  'POST /v4/sessions/s/statements': [{ operationHandle: 'o' }],
  'DELETE /v4/sessions/s/operations/o/close': [{ status: 'CLOSED' }],
  'DELETE /v4/sessions/s': [{ status: 'CLOSED' }],
};

/** The path of a page of the only operation. */
export function pagePath(token: number, format = 'JSON'): string {
  return `/v4/sessions/s/operations/o/result/${token}?rowFormat=${format}`;
}
