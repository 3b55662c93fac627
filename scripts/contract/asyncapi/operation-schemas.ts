import type { FailureClass } from '../../../src/contract/failure.js';
import { jsonRpcCode } from '../../../src/contract/failure-table.js';
import type { OperationDescriptor } from '../../../src/contract/module.js';
import { upperFirst } from '../../../src/contract/wire-names.js';
import { documentId } from '../../../src/protocols/served-documents.js';
import { callDescriptions, type DocumentNode, inWords, issueSchema } from '../document.js';
import { defineSchema, type JsonSchema, jsonSchema, jsonSchemaOf, type SchemaComponents } from '../json-schema.js';
import { possibleFailures } from '../possible-failures.js';

/** What one protocol adds to the document. */
export interface Described {
  readonly channels: Readonly<Record<string, DocumentNode>>;
  readonly operations: Readonly<Record<string, DocumentNode>>;
}

type Properties = Readonly<Record<string, JsonSchema>>;

export const text: JsonSchema = { type: 'string' };

export const object = (properties: Properties, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

export const emptyObject: JsonSchema = { type: 'object', maxProperties: 0 };

/** `code`: what else is said of the code of the failure, `data`: what stands beside it. */
export const errorObject = (
  failures: readonly FailureClass[],
  code: JsonSchema = {},
  data: Properties = {},
): JsonSchema =>
  object(
    {
      code: { type: 'integer', enum: [...new Set(failures.map((Declared) => jsonRpcCode(Declared)))] },
      message: text,
      data: object({ code: { type: 'string', enum: failures.map((Declared) => Declared.code), ...code }, ...data }, [
        'code',
      ]),
    },
    ['code', 'message', 'data'],
  );

const metaFields = {
  request_id: { type: 'string', description: callDescriptions.requestId },
  traceparent: { type: 'string', description: callDescriptions.traceparent },
  timeout_ms: { type: 'integer', minimum: 1, description: callDescriptions.timeoutMs },
};
const idempotencyKey = {
  type: 'string',
  pattern: '^[\\x20-\\x7e]{1,255}$',
  description: callDescriptions.idempotencyKey,
};

/** What WebSocket and MQTT have in common. */
export class OperationSchemas {
  readonly #issue: JsonSchema;
  readonly #ids = new Map<string, OperationDescriptor>();

  constructor(private readonly components: SchemaComponents) {
    this.#issue = defineSchema(components, 'Issue', issueSchema);
  }

  /** `createUser`; part of every name in the document. */
  id(operation: OperationDescriptor): string {
    const id = documentId(operation);
    if ((this.#ids.get(id) ?? operation) !== operation) throw new TypeError(`two operations are called ${id}`);
    this.#ids.set(id, operation);
    return id;
  }

  /** Accompanies the input: `_meta` of a WebSocket call, part of an MQTT envelope, MQTT user properties with dashes. */
  meta(operation: OperationDescriptor): Record<string, JsonSchema> {
    return { ...metaFields, ...(operation.takesIdempotencyKey && { idempotency_key: idempotencyKey }) };
  }

  input(operation: OperationDescriptor): JsonSchema {
    const schema = jsonSchema(operation.input, 'input', this.components);
    return defineSchema(this.components, `${upperFirst(documentId(operation))}Request`, schema);
  }

  inputWithMeta(operation: OperationDescriptor): JsonSchema {
    const schema = jsonSchema(operation.input, 'input', this.components);
    const properties = schema.properties as Record<string, JsonSchema>;
    return { ...schema, properties: { ...properties, _meta: object(this.meta(operation)) } };
  }

  output({ output }: OperationDescriptor): JsonSchema {
    return output ? jsonSchemaOf(output, 'output', this.components) : emptyObject;
  }

  describe({ name, spec }: OperationDescriptor): DocumentNode {
    return {
      summary: inWords(name),
      ...(spec.description !== undefined && { description: spec.description }),
      ...(spec.access.type !== 'anyone' && { security: [{ $ref: '#/components/securitySchemes/bearer' }] }),
    };
  }

  failure(operation: OperationDescriptor): JsonSchema {
    const failures = possibleFailures(operation);
    const code = { description: 'Never changes: the one to branch on.' };
    return defineSchema(this.components, `${upperFirst(documentId(operation))}Failure`, {
      type: 'object',
      description: failures.map((declared) => `\`${declared.code}\`: ${declared.title}.`).join('\n\n'),
      ...errorObject(failures, code, {
        errors: { type: 'array', items: this.#issue, description: 'Of an invalid input, every fault there is.' },
        retry_after: { type: 'integer', description: 'Seconds after which the same call may succeed.' },
        trace_id: { type: 'string', description: 'Of an unexpected error, to be named when asking for help.' },
      }),
    });
  }
}
