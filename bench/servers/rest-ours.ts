import { Pipeline } from '../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { registerRest } from '../../src/protocols/rest/register-rest.js';
import type { Target } from '../target.js';
import { listening, ourUsers } from './ours.js';

/** GetUser as an operation. */
export async function serve(): Promise<Target> {
  const application = await ourUsers({
    configure: (app) => {
      const pipeline = app.get(Pipeline);
      const operations = app.get(OperationRegistry).served('rest');
      registerRest(app.getHttpAdapter().getInstance(), { pipeline, operations });
    },
  });
  return listening(application);
}
