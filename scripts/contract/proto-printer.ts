import type { EnumShape, Field, Shape } from '../../src/contract/shape.js';
import { enumValueName } from '../../src/protocols/grpc/proto-names.js';
import { wireScalars } from '../../src/protocols/grpc/wire-values.js';
import { type AssignedNumbers, assignNumbers, type ProtoLock } from './proto-lock.js';
import { importPath, itemOf, type Placement } from './proto-placement.js';

export interface ProtoMethod {
  readonly name: string;
  readonly description?: string;
}

export interface ProtoMessage {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly oneOf: boolean;
  readonly inRequests: boolean;
  readonly description?: string;
}

export interface ProtoFile {
  readonly package: string;
  readonly service?: { readonly name: string; readonly methods: readonly ProtoMethod[] };
  readonly messages: readonly ProtoMessage[];
  readonly enums: readonly EnumShape[];
}

const header = `// Generated from the contracts by \`npm run contract\`; do not edit by hand.
// The next run takes the numbers of fields and enum values from here, so that they never move.

syntax = "proto3";
`;

const comment = (text: string | undefined, indent: string): string[] =>
  text === undefined ? [] : text.split('\n').map((line) => `${indent}// ${line}`.trimEnd());

const block = (opening: string, lines: readonly string[]): string =>
  lines.length === 0 ? `${opening} {}\n` : `${opening} {\n${lines.join('\n')}\n}\n`;

function reservations({ reservedRanges, reservedNames }: AssignedNumbers): string[] {
  const ranges = reservedRanges.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  return [
    ...(ranges.length > 0 ? [`  reserved ${ranges.join(', ')};`] : []),
    ...(reservedNames.length > 0 ? [`  reserved ${reservedNames.map((name) => `"${name}"`).join(', ')};`] : []),
  ];
}

/** A oneof shares its names with the fields. */
const oneOfName = (fields: readonly Field[]): string =>
  ['variant', 'choice', 'alternative'].find((name) => fields.every(({ wire }) => wire !== name)) ?? 'one_of';

/** The text of one `.proto` file. */
export class ProtoPrinter {
  constructor(
    private readonly placement: Placement,
    private readonly lock: ProtoLock,
  ) {}

  print(file: ProtoFile): string {
    const blocks = [
      ...(file.service ? [this.#service(file.service)] : []),
      ...file.messages.map((message) => this.#message(message, file.package)),
      ...file.enums.map((shape) => this.#enum(shape, file.package)),
    ];
    const imports = this.#imports(file).map((path) => `import "${path}";`);
    const head = [header, `package ${file.package};\n`, ...(imports.length > 0 ? [`${imports.join('\n')}\n`] : [])];
    return [...head, ...blocks].join('\n');
  }

  #imports(file: ProtoFile): string[] {
    const paths = file.messages.flatMap(({ fields }) => fields.flatMap(({ shape }) => this.#importOf(shape, file)));
    return [...new Set(paths)].sort();
  }

  #importOf(shape: Shape, file: ProtoFile): string[] {
    const item = itemOf(shape);
    if (item.type === 'timestamp') return ['google/protobuf/timestamp.proto'];
    if (!('name' in item)) return [];
    const owner = this.placement.find(item.name).package;
    return owner === file.package ? [] : [importPath(owner)];
  }

  #service({ name, methods }: NonNullable<ProtoFile['service']>): string {
    const lines = methods.map((method) =>
      [
        ...comment(method.description, '  '),
        `  rpc ${method.name}(${method.name}Request) returns (${method.name}Response);`,
      ].join('\n'),
    );
    return block(`service ${name}`, lines);
  }

  #message(message: ProtoMessage, packageName: string): string {
    const { name, fields, oneOf, description } = message;
    const past = this.lock.of(packageName, name);
    const assigned = assignNumbers(
      fields.map((field) => field.wire),
      past,
    );
    const numberOf = (field: Field) => assigned.numbers.get(field.wire) ?? 0;
    const indent = oneOf ? '    ' : '  ';
    const lines = [...fields]
      .sort((one, other) => numberOf(one) - numberOf(other))
      .flatMap((field) => [
        ...comment(field.description, indent),
        `${indent}${this.#declaration(field, message, packageName)} ${field.wire} = ${numberOf(field)};`,
      ]);
    const body = oneOf ? [`  oneof ${oneOfName(fields)} {`, ...lines, '  }'] : lines;
    return [...comment(description, ''), block(`message ${name}`, [...reservations(assigned), ...body])].join('\n');
  }

  #declaration({ shape, optional }: Field, { oneOf, inRequests }: ProtoMessage, packageName: string): string {
    if (shape.type === 'list') return `repeated ${this.#typeName(shape.item, packageName)}`;
    if (shape.type === 'map') return `map<string, ${this.#typeName(shape.value, packageName)}>`;
    const isMessage = shape.type === 'object' || shape.type === 'timestamp';
    const presence = !oneOf && !isMessage && (optional || inRequests);
    return `${presence ? 'optional ' : ''}${this.#typeName(shape, packageName)}`;
  }

  #typeName(shape: ReturnType<typeof itemOf>, packageName: string): string {
    if (!('name' in shape)) return wireScalars[shape.type].proto;
    const owner = this.placement.find(shape.name).package;
    return owner === packageName ? shape.name : `${owner}.${shape.name}`;
  }

  #enum({ name, values }: EnumShape, packageName: string): string {
    const unspecified = enumValueName(name, 'UNSPECIFIED');
    const past = this.lock.of(packageName, name);
    const known = { ...past, numbers: new Map(past.numbers).set(unspecified, 0) };
    const assigned = assignNumbers([unspecified, ...values.map((value) => enumValueName(name, value))], known);
    const lines = [...assigned.numbers]
      .sort(([, one], [, other]) => one - other)
      .map(([value, number]) => `  ${value} = ${number};`);
    return block(`enum ${name}`, [...reservations(assigned), ...lines]);
  }
}
