import type { DocumentNode } from '../document.js';

/** Request headers that every operation takes, and the one of commands, by the name of their component. */
export const headerParameters: Readonly<Record<string, DocumentNode>> = {
  RequestId: {
    name: 'x-request-id',
    in: 'header',
    description: 'Echoed in the answer and in the log; made when absent or unusable.',
    schema: { type: 'string', pattern: '^[\\w.:/+=@-]{1,128}$' },
  },
  Traceparent: {
    name: 'traceparent',
    in: 'header',
    description: 'W3C trace context, continued.',
    schema: { type: 'string' },
  },
  RequestTimeout: {
    name: 'x-request-timeout-ms',
    in: 'header',
    description: 'How long the caller is willing to wait; never longer than the deadline of the operation.',
    schema: { type: 'integer', minimum: 0, maximum: 999_999_999 },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A repetition with the same key and input gets the first answer, for 24 hours.',
    schema: { type: 'string', pattern: '^[\\x20-\\x7e]{1,255}$' },
  },
};

export const responseHeaders: Readonly<Record<string, DocumentNode>> = {
  'x-request-id': { description: 'Names this request in the log.', schema: { type: 'string' } },
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
  'retry-after': { description: 'Seconds.', schema: { type: 'integer' } },
  'www-authenticate': { schema: { type: 'string' }, example: 'Bearer' },
};
