import { composeTopologies } from './compose-product.js';
import type { DeploymentModel } from './model-types.js';
import { notice } from './target.js';

const start = `-- ${notice}
-- Makes what is missing: for psql as the superuser, at the first start of PostgreSQL and before migrations.

\\getenv password_file DATABASE_PASSWORD_FILE
\\if :{?password_file}
  \\set password \`cat "$DATABASE_PASSWORD_FILE"\`
  \\set createdb nocreatedb
\\else
  \\set password mstv
  -- for the tests
  \\set createdb createdb
\\endif

-- It owns the databases of the product and is no superuser, so that row level security binds it.
select 'create role mstv' where to_regrole('mstv') is null \\gexec
alter role mstv login :createdb password :'password';

-- \`mstv\` is that of one process; each service of a split product has its own.
`;

export function databasesFile(model: DeploymentModel): string {
  const names = composeTopologies(model).flatMap(({ processes }) =>
    processes.flatMap(({ database }) => database ?? []),
  );
  return `${start}${[...new Set(names)].map(statement).join('\n')}\n`;
}

const statement = (name: string): string =>
  `select 'create database ${name} owner mstv' where not exists (select from pg_database where datname = '${name}') \\gexec`;
