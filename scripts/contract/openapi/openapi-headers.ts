import { callDescriptions, type DocumentNode } from '../document.js';

/** Request headers that every operation takes, and the one of commands, by the name of their component. */
export const headerParameters: Readonly<Record<string, DocumentNode>> = {
  RequestId: {
    name: 'x-request-id',
    in: 'header',
    description: `${callDescriptions.requestId} Echoed in the answer.`,
    schema: { type: 'string' },
    example: 'order-4711-retry-1',
  },
  Traceparent: {
    name: 'traceparent',
    in: 'header',
    description: callDescriptions.traceparent,
    schema: { type: 'string' },
    example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  },
  TimeoutMs: {
    name: 'x-request-timeout-ms',
    in: 'header',
    description: callDescriptions.timeoutMs,
    schema: { type: 'integer', minimum: 1, maximum: 999_999_999 },
    example: 2_000,
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: callDescriptions.idempotencyKey,
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?$' },
  },
};

export const responseHeaders: Readonly<Record<string, DocumentNode>> = {
  'x-request-id': {
    description: 'Names this request in the log.',
    required: true,
    schema: { type: 'string' },
    example: 'order-4711-retry-1',
  },
  'ratelimit-policy': {
    description: 'Quota (`q`) and window in seconds (`w`) of the limit that applied.',
    schema: { type: 'string' },
    example: '"users.createUser";q=1000;w=1',
  },
  ratelimit: {
    description: 'What remains of it (`r`) and seconds until it is full again (`t`).',
    schema: { type: 'string' },
    example: '"users.createUser";r=999;t=1',
  },
  'retry-after': { description: 'Seconds.', schema: { type: 'integer', minimum: 0 }, example: 1 },
  'www-authenticate': { required: true, schema: { type: 'string' }, example: 'Bearer' },
};
