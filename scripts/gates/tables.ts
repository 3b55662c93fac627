import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

interface Model {
  readonly name: string;
  readonly table: string;
  /** The schema file without its ending: the module that owns the table. */
  readonly owner: string;
  readonly body: string;
}

const modelBlock = /^model\s+(\w+)\s*\{([^}]*)\}/gm;
const relationField = /^\s*\w+\s+(\w+)(?:\[\]|\?)?(?:\s|$)/gm;
const tableInSql = /\b(?:from|join|into|update|references|delete\s+from)\s+(?:only\s+)?(?:"?public"?\.)?"?(\w+)"?/gi;
const clientCall = /\.(\w+)\s*\.(?:find|create|update|delete|upsert|count|aggregate|groupBy)\w*\(/g;
const foreignKey =
  /(?:create\s+table|alter\s+table)\s+(?:if\s+not\s+exists\s+|only\s+)?(?:"?public"?\.)?"?(\w+)"?([^;]*)/gi;

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

function readModels(root: string): Model[] {
  return globSync('prisma/**/*.prisma', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(modelBlock)].map(([, name = '', body = '']) => ({
      name,
      body,
      table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
      owner: basename(file, '.prisma'),
    })),
  );
}

const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);

function crossedRelations(models: Model[]): string[] {
  return models.flatMap((model) =>
    models
      .filter((other) => other.owner !== model.owner && names(model.body, relationField).includes(other.name))
      .map((other) => `prisma/${model.owner}.prisma: ${model.name} refers to ${other.name} of ${other.owner}`),
  );
}

function crossedForeignKeys(root: string, models: Model[]): string[] {
  const ownerOf = new Map(models.map(({ table, owner }) => [table, owner]));
  return globSync('prisma/**/migration.sql', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(foreignKey)].flatMap(([, table = '', rest = '']) =>
      names(rest, /\breferences\s+(?:"?public"?\.)?"?(\w+)"?/gi)
        .filter((other) => ownerOf.has(table) && ownerOf.has(other) && ownerOf.get(table) !== ownerOf.get(other))
        .map((other) => `${file}: a foreign key leads from ${table} to ${other}`),
    ),
  );
}

function crossedQueries(root: string, models: Model[]): string[] {
  return globSync('src/modules/*/**/*.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const tables = new Set(names(text, tableInSql));
    const accessors = new Set(names(text, clientCall));
    const module = file.split(/[/\\]/)[2];
    return models
      .filter(({ owner, table, name }) => owner !== module && (tables.has(table) || accessors.has(lowerFirst(name))))
      .map(({ owner, table }) => `${file}: reads or writes the table ${table} of ${owner}`);
  });
}

/** Relations, foreign keys and queries under `root` that lead from one module's tables to another's. */
export function crossedTables(root: string): string[] {
  const models = readModels(root);
  return [...crossedRelations(models), ...crossedForeignKeys(root, models), ...crossedQueries(root, models)];
}
