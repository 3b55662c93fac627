import type { Target } from './target.js';

type Load = () => Promise<{ readonly serve: () => Promise<Target> }>;

/**
 * GetUser several ways a suite: by hand on the transport's library, as an operation of ours, as Nest's documentation has
 * it. The first is what the others are compared with.
 */
export const contenders: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  rest: {
    'by hand': () => import('./servers/rest-by-hand.js'),
    'by hand, our headers': () => import('./servers/rest-by-hand-headers.js'),
    ours: () => import('./servers/rest-ours.js'),
    nest: () => import('./servers/rest-nest.js'),
  },
  graphql: {
    'by hand': () => import('./servers/graphql-by-hand.js'),
    ours: () => import('./servers/graphql-ours.js'),
    nest: () => import('./servers/graphql-nest.js'),
  },
  grpc: {
    'by hand': () => import('./servers/grpc-by-hand.js'),
    ours: () => import('./servers/grpc-ours.js'),
  },
  websocket: {
    'by hand': () => import('./servers/websocket-by-hand.js'),
    ours: () => import('./servers/websocket-ours.js'),
  },
  mqtt: {
    'by hand': () => import('./servers/mqtt-by-hand.js'),
    ours: () => import('./servers/mqtt-ours.js'),
  },
  gateway: {
    'by hand': () => import('./servers/gateway-by-hand.js'),
    ours: () => import('./servers/gateway-ours.js'),
  },
  tracing: {
    off: () => import('./servers/gateway-ours.js'),
    'one in 100': () => import('./servers/gateway-sampled.js'),
    every: () => import('./servers/gateway-traced.js'),
  },
};
