import type { ModuleContract, OperationDescriptor, RestMapping } from '../../../src/contract/module.js';
import type { Field, ObjectShape } from '../../../src/contract/shape.js';
import { upperFirst } from '../../../src/contract/wire-names.js';
import { documentId } from '../../../src/protocols/served-documents.js';
import { type DocumentInfo, type DocumentNode, inWords } from '../document.js';
import { defineSchema, jsonSchema, jsonSchemaOf, type SchemaComponents } from '../json-schema.js';
import { FailureResponses, successHeaders } from './openapi-failures.js';
import { headerParameters, responseHeaders } from './openapi-headers.js';

/**
 * OpenAPI 3.1 of every operation that REST serves; what a module is for is said by those of `modules`. Throws TypeError
 * when two schemas or operations share a name.
 */
export function openApi(
  operations: readonly OperationDescriptor[],
  info: DocumentInfo,
  modules: readonly ModuleContract[] = [],
): DocumentNode {
  const writer = new OpenApiWriter();
  for (const operation of operations) {
    if (operation.wire.rest && operation.protocols.includes('rest')) writer.add(operation, operation.wire.rest);
  }
  return writer.document(info, new Map(modules.map(({ name, description }) => [name, description])));
}

class OpenApiWriter {
  readonly #schemas: SchemaComponents = { refs: '#/components/schemas/', schemas: {} };
  readonly #failures = new FailureResponses(this.#schemas);
  readonly #paths: Record<string, Record<string, DocumentNode>> = {};
  readonly #modules = new Set<string>();
  readonly #ids = new Set<string>();

  document(info: DocumentInfo, descriptions: ReadonlyMap<string, string | undefined>): DocumentNode {
    return {
      openapi: '3.1.1',
      info,
      servers: [{ url: '/' }],
      tags: [...this.#modules].map((name) => ({ name, description: descriptions.get(name) })),
      paths: this.#paths,
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
        parameters: headerParameters,
        headers: responseHeaders,
        responses: this.#failures.components,
        schemas: this.#schemas.schemas,
      },
    };
  }

  add(operation: OperationDescriptor, route: RestMapping): void {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    this.#modules.add(operation.module);
    this.#paths[path] ??= {};
    this.#paths[path][route.method.toLowerCase()] = this.#operation(operation, route);
  }

  #operation(operation: OperationDescriptor, route: RestMapping): DocumentNode {
    const { name, module, spec } = operation;
    const body = this.#body(operation, route);
    return {
      operationId: this.#id(operation),
      tags: [module],
      summary: inWords(name),
      ...(spec.description !== undefined && { description: spec.description }),
      security: spec.access.type === 'anyone' ? [] : [{ bearer: [] }],
      parameters: [...this.#urlParameters(operation, route), ...headersOf(operation)],
      ...(body && { requestBody: body }),
      responses: { [route.status]: this.#success(operation), ...this.#failures.of(operation, body !== undefined) },
    };
  }

  #id(operation: OperationDescriptor): string {
    const id = documentId(operation);
    if (this.#ids.has(id)) throw new TypeError(`two REST operations are called ${id}`);
    this.#ids.add(id);
    return id;
  }

  #urlParameters({ input }: OperationDescriptor, { pathFields, otherFields, hasBody }: RestMapping): DocumentNode[] {
    return [
      ...this.#parameters(input, 'path', pathFields),
      ...this.#parameters(input, 'query', hasBody ? [] : otherFields),
    ];
  }

  #parameters(input: ObjectShape, place: 'path' | 'query', fields: readonly Field[]): DocumentNode[] {
    const { properties, required = [] } = jsonSchema(input, 'input', this.#schemas) as {
      properties: Record<string, DocumentNode>;
      required?: readonly string[];
    };
    return fields.map(({ wire, shape }) => {
      const { description, ...schema } = properties[wire] ?? {};
      return {
        name: wire,
        in: place,
        ...(description !== undefined && { description }),
        ...(required.includes(wire) && { required: true }),
        ...(shape.type === 'list' && { style: 'form', explode: true }),
        schema,
      };
    });
  }

  #body(operation: OperationDescriptor, { hasBody, otherFields }: RestMapping): DocumentNode | undefined {
    if (!hasBody) return undefined;
    const schema = jsonSchema({ ...operation.input, fields: otherFields }, 'input', this.#schemas);
    const ref = defineSchema(this.#schemas, `${upperFirst(documentId(operation))}Request`, schema);
    return {
      ...(schema.required !== undefined && { required: true }),
      content: { 'application/json': { schema: ref } },
    };
  }

  #success({ output }: OperationDescriptor): DocumentNode {
    return {
      description: output ? 'Done.' : 'Done; there is nothing to say.',
      headers: successHeaders,
      ...(output && { content: { 'application/json': { schema: jsonSchemaOf(output, 'output', this.#schemas) } } }),
    };
  }
}

const headersOf = (operation: OperationDescriptor): DocumentNode[] =>
  Object.keys(headerParameters)
    .filter((name) => name !== 'IdempotencyKey' || operation.takesIdempotencyKey)
    .map((name) => ({ $ref: `#/components/parameters/${name}` }));
