import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { inHouse } from '../../house/planted-tree.js';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: unknown;
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** An API server drops unknown fields or refuses them; a JSON schema has to say so. */
function strict(schema: Schema): Schema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, each]) => [name, strict(each)] as const);
  const isClosed = schema.properties !== undefined && schema.additionalProperties === undefined;
  return {
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(properties) }),
    ...(schema.items && { items: strict(schema.items) }),
    ...(isClosed && { additionalProperties: false }),
  };
}

const withMetadata = ({ properties, ...rest }: Schema): Schema => ({
  ...strict({ ...rest, properties }),
  properties: { ...strict({ properties }).properties, metadata: { type: 'object' } },
});

/** Writes JSON schemas of the kinds of `k8s/schemas` to `folder`. The result: the location for kubeconform. */
export function writeResourceSchemas(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const path of globSync('k8s/schemas/*.yaml', { cwd: inHouse('.') })) {
    const { group, names, versions } = (parse(readFileSync(inHouse(path), 'utf8')) as Definition).spec;
    for (const { name, schema } of versions) {
      const file = `${names.kind}_${group}_${name}.json`.toLowerCase();
      writeFileSync(join(folder, file), JSON.stringify(withMetadata(schema.openAPIV3Schema)));
    }
  }
  return join(folder, '{{.ResourceKind}}_{{.Group}}_{{.ResourceAPIVersion}}.json');
}
