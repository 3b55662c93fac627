-- Written by `npm run deploy:write` from src/apps/services.ts: do not edit.
-- Makes what is missing: for psql as the superuser, at the first start of PostgreSQL and before migrations.

\getenv password_file DATABASE_PASSWORD_FILE
\if :{?password_file}
  \set password `cat "$DATABASE_PASSWORD_FILE"`
  \set createdb nocreatedb
\else
  \set password mstv
  -- for the tests
  \set createdb createdb
\endif

-- It owns the databases of the product and is no superuser, so that row level security binds it.
select 'create role mstv' where to_regrole('mstv') is null \gexec
alter role mstv login :createdb password :'password';

-- `mstv` is that of one process; each service of a split product has its own.
select 'create database mstv owner mstv' where not exists (select from pg_database where datname = 'mstv') \gexec
select 'create database user_service owner mstv' where not exists (select from pg_database where datname = 'user_service') \gexec
select 'create database auth_service owner mstv' where not exists (select from pg_database where datname = 'auth_service') \gexec
