import type { JsonSchema, SchemaComponents } from '../contract/json-schema.js';

/** A document for readers and tools: plain JSON. */
export type DocumentNode = Readonly<Record<string, unknown>>;

export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

/** Adds a schema of the document's own beside those of the contracts. */
export function defineSchema({ refs, schemas }: SchemaComponents, name: string, schema: JsonSchema): JsonSchema {
  if (schemas[name] && JSON.stringify(schemas[name]) !== JSON.stringify(schema)) {
    throw new TypeError(`two schemas are called ${name}`);
  }
  schemas[name] = schema;
  return { $ref: `${refs}${name}` };
}

/** `CreateUser` -> `Create user`. */
export const inWords = (name: string): string =>
  name.charAt(0) + name.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Unique within a document: `createUser`, `discardSpecimenV2`. */
export const versioned = (name: string, version: number): string => (version === 1 ? name : `${name}V${version}`);

/** `USER_EMAIL_TAKEN` -> `UserEmailTaken`. */
export const pascalCase = (code: string): string =>
  code.toLowerCase().replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** One fault of the input, as every JSON protocol tells it. */
export const issueSchema: JsonSchema = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'JSON Pointer in wire names, `/page_size`.' },
    code: { type: 'string', description: 'What kind of fault, `too_small`.' },
    message: { type: 'string' },
  },
  required: ['path', 'code', 'message'],
};
