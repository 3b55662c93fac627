import type { GraphQLSchema } from 'graphql';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { Executor } from './executor.js';
import type { GraphqlLimits } from './graphql-limits.js';

/** What HTTP and WebSocket serve GraphQL with. */
export interface GraphqlService {
  readonly pipeline: Pipeline;
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly limits: GraphqlLimits;
}
