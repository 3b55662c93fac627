import type { Server } from 'node:http';

/** From now on every answer is the last one on its connection: callers that keep connections go elsewhere. */
export function closeAfterAnswers(server: Server): void {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
}
