import { z } from 'zod';
import type { Grant } from './access.js';
import { holdsSecret } from './idempotency.js';
import { type KeyCheck, keyCheck } from './map-keys.js';
import {
  type AnyOperationClass,
  type OperationKind,
  type OperationSpec,
  type Protocol,
  protocols,
} from './operation.js';
import { reflectObject } from './reflect.js';
import type { Relation } from './relation.js';
import type { Field, ObjectShape } from './shape.js';
import { kebabCase, lowerFirst, upperFirst } from './wire-names.js';

export interface RestMapping {
  readonly method: string;
  /** `/users/:id`, with wire names. */
  readonly path: string;
  readonly status: number;
  /** `otherFields` are the JSON body; otherwise the query string. */
  readonly hasBody: boolean;
  readonly pathFields: readonly Field[];
  readonly otherFields: readonly Field[];
}

export interface WireNames {
  readonly rest: RestMapping | undefined;
  /** Root field. A page has two: `users` and `usersPage`. */
  readonly graphql: string;
  readonly grpc: { readonly package: string; readonly service: string; readonly method: string; readonly path: string };
  readonly websocket: string;
  /** Below the topic prefix: `rpc/users/create-user`. */
  readonly mqtt: string;
}

export interface OperationDescriptor {
  readonly id: string;
  readonly module: string;
  readonly name: string;
  readonly version: number;
  readonly kind: OperationKind;
  readonly message: AnyOperationClass;
  readonly spec: OperationSpec;
  readonly wire: WireNames;
  readonly protocols: readonly Protocol[];
  readonly input: ObjectShape;
  readonly checkKeys: KeyCheck | undefined;
  readonly output: ObjectShape | undefined;
  /** Queries ignore the key. So do outputs with credentials, which are never stored. */
  readonly takesIdempotencyKey: boolean;
}

export interface ModuleContract {
  readonly name: string;
  readonly operations: readonly OperationDescriptor[];
  readonly grants: readonly Grant[];
  readonly relations: readonly Relation[];
  readonly description: string | undefined;
}

const descriptors = new WeakMap<object, OperationDescriptor>();

export function describe(message: object): OperationDescriptor {
  const descriptor = descriptors.get(message);
  if (!descriptor) throw new TypeError(`${(message as { name?: string }).name} is in no module('…', {…})`);
  return descriptor;
}

function restMapping({ rest, restStatus, output, version = 1 }: OperationSpec, input: ObjectShape): WireNames['rest'] {
  if (!rest) return undefined;
  const [method = '', path = ''] = rest.split(' ');
  const onCollection = method === 'POST' && path.split('/').length === 2;
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map(([, wire]) => wire));
  return {
    method,
    path: version === 1 ? path : `/v${version}${path}`,
    status: restStatus ?? (output instanceof z.ZodVoid ? 204 : onCollection ? 201 : 200),
    hasBody: method !== 'GET' && method !== 'DELETE',
    pathFields: input.fields.filter(({ wire }) => inPath.has(wire)),
    otherFields: input.fields.filter(({ wire }) => !inPath.has(wire)),
  };
}

function wireNames(module: string, name: string, { kind, spec }: AnyOperationClass, input: ObjectShape): WireNames {
  const { access, version = 1 } = spec;
  const isInternal = access?.type === 'internal';
  const grpcPackage = `${module}.${isInternal ? 'internal.' : ''}v${version}`;
  const service = `${upperFirst(module)}${isInternal ? 'Internal' : ''}Service`;
  const root = lowerFirst(kind === 'query' ? name.replace(/^(Get|List)(?=[A-Z])/, '') : name);
  return {
    rest: restMapping(spec, input),
    graphql: version === 1 ? root : `${root}V${version}`,
    grpc: { package: grpcPackage, service, method: name, path: `/${grpcPackage}.${service}/${name}` },
    websocket: `${module}.${lowerFirst(name)}${version === 1 ? '' : `.v${version}`}`,
    mqtt: `rpc/${module}/${kebabCase(name)}${version === 1 ? '' : `/v${version}`}`,
  };
}

function protocolsOf(
  { access, protocols: declared = protocols, rest }: OperationSpec,
  id: string,
): readonly Protocol[] {
  if (access?.type === 'internal') return ['grpc'];
  if (declared.includes('rest') && !rest) throw new TypeError(`${id}: declares no REST route`);
  return declared;
}

function descriptor(module: string, key: string, message: AnyOperationClass): OperationDescriptor {
  const { spec, kind } = message;
  const { version = 1 } = spec;
  const name = version === 1 ? key : key.replace(new RegExp(`V${version}$`), '');
  const input = reflectObject(spec.input, `${name}Request`);
  const output = spec.output instanceof z.ZodVoid ? undefined : reflectObject(spec.output, `${name}Result`);
  const wire = wireNames(module, name, message, input);
  const id = wire.websocket;
  return {
    id,
    module,
    name,
    version,
    kind,
    message,
    spec,
    wire,
    protocols: protocolsOf(spec, id),
    input,
    checkKeys: keyCheck(input),
    output,
    takesIdempotencyKey: kind === 'command' && !(output && holdsSecret(output)),
  };
}

/** Wire names come from the keys: minifiers change class names. A later version: `CreateUserV2`, `version: 2`. */
export function module(
  name: string,
  operations: Readonly<Record<string, AnyOperationClass>>,
  {
    grants = [],
    relations = [],
    description,
  }: Partial<Pick<ModuleContract, 'grants' | 'relations' | 'description'>> = {},
): ModuleContract {
  const described = Object.entries(operations).map(([key, message]) => descriptor(name, key, message));
  for (const operation of described) descriptors.set(operation.message, operation);
  return { name, operations: described, grants, relations, description };
}
