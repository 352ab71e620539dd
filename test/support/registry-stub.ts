import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RegistryStub {
  readonly url: string;
  close(): Promise<void>;
}

/** What `npm audit` asks of a registry, and nothing else: advisories by the names of packages, or the status of a refusal. */
export async function startRegistryStub(advisories: object | number): Promise<RegistryStub> {
  const server = createServer((request, response) => {
    request.resume();
    const isAsked = request.url === '/-/npm/v1/security/advisories/bulk' && request.method === 'POST';
    const status = !isAsked ? 404 : typeof advisories === 'number' ? advisories : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? advisories : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
