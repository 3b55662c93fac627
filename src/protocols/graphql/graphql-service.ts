import type { GraphQLSchema } from 'graphql';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { GraphqlEngine } from './graphql-engine.js';
import type { GraphqlLimits } from './graphql-limits.js';

/** What HTTP and WebSocket serve GraphQL with. */
export interface GraphqlService {
  readonly pipeline: Pipeline;
  readonly schema: GraphQLSchema;
  readonly engine: GraphqlEngine;
  readonly limits: GraphqlLimits;
}
