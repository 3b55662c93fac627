import type { JsonSchema } from './json-schema.js';

export type DocumentNode = Readonly<Record<string, unknown>>;

export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: { readonly name: string; readonly url: string };
}

/** The version of the wire conventions, not of the build. */
export const documentInfo: DocumentInfo = {
  title: 'nestjs-mstv',
  version: '1.0.0',
  license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT' },
  description: 'One contract over REST, GraphQL, gRPC, WebSocket and MQTT.',
};

/** Metadata of a call in every protocol. Schemas accept malformed values, which count as absent. */
export const callDescriptions = {
  requestId:
    'Names the call in the log: 1 to 128 characters of `A-Z a-z 0-9 _ . : / + = @ -`. Anything else is taken as absent, and one is made.',
  traceparent: 'W3C trace context, continued. Anything else is taken as absent.',
  timeoutMs:
    'Milliseconds that the caller is willing to wait, 1 or more; never longer than the deadline of the operation. Anything else is taken as absent.',
  idempotencyKey: 'A repetition with the same key and input gets the first answer, for 24 hours.',
} as const;

export const inWords = (name: string): string =>
  name.charAt(0) + name.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export const pascalCase = (code: string): string =>
  code.toLowerCase().replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export const issueSchema: JsonSchema = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'JSON Pointer in wire names, `/page_size`.' },
    code: { type: 'string', description: 'What kind of fault, `too_small`.' },
    message: { type: 'string' },
  },
  required: ['path', 'code', 'message'],
};
