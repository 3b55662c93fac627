import { Pipeline } from '../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { GrpcServer } from '../../src/protocols/grpc/grpc-server.js';
import type { SpecimenApplication } from '../../test/support/specimen-application.js';
import type { Target } from '../target.js';
import { type Binding, ourUsers } from './ours.js';
import { userId } from './users.js';

export async function listeningOverGrpc(
  binding: Binding = {},
): Promise<{ readonly application: SpecimenApplication; readonly url: string }> {
  let server: GrpcServer | undefined;
  const application = await ourUsers({
    ...binding,
    servers: (app) => {
      server = new GrpcServer({
        pipeline: app.get(Pipeline),
        operations: app.get(OperationRegistry).served('grpc'),
        host: '127.0.0.1',
        port: 0,
        reflection: true,
        messageBytes: 4_194_304,
        shutdownMs: 1_000,
      });
      return [server];
    },
  });
  return { application, url: `127.0.0.1:${server?.port}` };
}

/** GetUser as an operation. */
export async function serve(): Promise<Target> {
  const { application, url } = await listeningOverGrpc();
  return { url, token: await application.token('USER', userId), userId };
}
