import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Picture } from '../picture.js';

const model = /^model\s+(\w+)\s*\{([^}]*)\}/gm;
const column = /^ {2}(\w+) +(\w+)(\?)? *(.*)$/gm;

function columnsOf(body: string): readonly string[] {
  return [...body.matchAll(column)].map(([, name = '', type = '', optional, attributes = '']) => {
    const wire = /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? name;
    const key = attributes.includes('@id') ? ' PK' : attributes.includes('@unique') ? ' UK' : '';
    return `    ${type} ${wire}${key}${optional ? ' "optional"' : ''}`;
  });
}

/** Tables of a schema file, which is named after the module that owns them. */
function tablesOf(file: string): readonly string[] {
  const owner = basename(file, '.prisma');
  return [...readFileSync(file, 'utf8').matchAll(model)].flatMap(([, name = '', body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name;
    return [`  ${table} {`, `    module ${owner}`, ...columnsOf(body), '  }'];
  });
}

export function databaseSchema(): Picture {
  const files = globSync('prisma/schema/*.prisma').sort();
  const source = [
    'erDiagram',
    ...files.flatMap(tablesOf),
    '  accounts ||--o{ sessions : "user_id"',
    '  accounts ||--o| users : "user_id is id"',
    '',
  ].join('\n');
  return {
    name: 'database_schema',
    title: 'Tables',
    about: 'Each table belongs to one module; no foreign key leads to the table of another one.',
    language: 'mmd',
    source,
  };
}
