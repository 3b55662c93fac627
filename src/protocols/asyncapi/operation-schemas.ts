import { jsonRpcCode } from '../../contract/failure-table.js';
import { takesIdempotencyKey } from '../../contract/idempotency.js';
import {
  defineSchema,
  type JsonSchema,
  jsonSchema,
  jsonSchemaOf,
  type SchemaComponents,
} from '../../contract/json-schema.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { lowerFirst } from '../../contract/wire-names.js';
import { callDescriptions, issueSchema, versioned } from '../document.js';
import { possibleFailures } from '../possible-failures.js';

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

/** What WebSocket and MQTT say of an operation in the same words. */
export class OperationSchemas {
  readonly #issue: JsonSchema;
  readonly #ids = new Map<string, OperationDescriptor>();

  constructor(private readonly components: SchemaComponents) {
    this.#issue = defineSchema(components, 'Issue', issueSchema);
  }

  /** `createUser`; the stem of every name in the document. */
  id(operation: OperationDescriptor): string {
    const id = versioned(lowerFirst(operation.name), operation.version);
    if ((this.#ids.get(id) ?? operation) !== operation) throw new TypeError(`two operations are called ${id}`);
    this.#ids.set(id, operation);
    return id;
  }

  /** Accompanies the input: `_meta` of a WebSocket call, part of an MQTT envelope, MQTT user properties with dashes. */
  meta(operation: OperationDescriptor): Record<string, JsonSchema> {
    return { ...metaFields, ...(takesIdempotencyKey(operation) && { idempotency_key: idempotencyKey }) };
  }

  input({ name, version, input }: OperationDescriptor): JsonSchema {
    const schema = jsonSchema(input, 'input', this.components);
    return defineSchema(this.components, `${versioned(name, version)}Request`, schema);
  }

  inputWithMeta(operation: OperationDescriptor): JsonSchema {
    const schema = jsonSchema(operation.input, 'input', this.components);
    const properties = schema.properties as Record<string, JsonSchema>;
    return { ...schema, properties: { ...properties, _meta: { type: 'object', properties: this.meta(operation) } } };
  }

  output({ output }: OperationDescriptor): JsonSchema {
    return output ? jsonSchemaOf(output, 'output', this.components) : { type: 'object', maxProperties: 0 };
  }

  /** The JSON-RPC error object, which MQTT has as well. */
  failure(operation: OperationDescriptor): JsonSchema {
    const failures = possibleFailures(operation);
    const numbers = new Set(failures.map((Declared) => jsonRpcCode(new Declared())));
    return defineSchema(this.components, `${versioned(operation.name, operation.version)}Failure`, {
      type: 'object',
      description: failures.map(({ code, title }) => `\`${code}\`: ${title}.`).join('\n\n'),
      properties: {
        code: { type: 'integer', enum: [...numbers] },
        message: { type: 'string' },
        data: this.#failureData(failures.map(({ code }) => code)),
      },
      required: ['code', 'message', 'data'],
    });
  }

  #failureData(codes: readonly string[]): JsonSchema {
    return {
      type: 'object',
      properties: {
        code: { type: 'string', enum: codes, description: 'Never changes: the one to branch on.' },
        errors: { type: 'array', items: this.#issue, description: 'Of an invalid input, every fault there is.' },
        retry_after: { type: 'integer', description: 'Seconds after which the same call may succeed.' },
        trace_id: { type: 'string', description: 'Of an unexpected error, to be named when asking for help.' },
      },
      required: ['code'],
    };
  }
}
