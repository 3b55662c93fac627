import { promisify } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pipeline } from '../../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../../src/pipeline/registry.js';
import { registerRest } from '../../../src/protocols/rest/register-rest.js';
import { createSpecimenApplication, type SpecimenOptions } from '../../support/specimen-application.js';

export interface SpecimenHttp {
  readonly url: string;
  /** That are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** The specimens over REST, with what `configure` adds. */
export async function specimenHttp({ configure, ...options }: SpecimenOptions = {}): Promise<SpecimenHttp> {
  const { app, close } = await createSpecimenApplication({
    ...options,
    configure: async (application: NestFastifyApplication) => {
      const operations = application.get(OperationRegistry).served('rest');
      registerRest(application.getHttpAdapter().getInstance(), { pipeline: application.get(Pipeline), operations });
      await configure?.(application);
    },
  });
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer();
  return {
    url: await app.getUrl(),
    connections: () => promisify(server.getConnections.bind(server))(),
    close,
  };
}
