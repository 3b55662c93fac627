-- The program's role owns its databases and is no superuser, so that row level security binds it. It may create databases
-- for the tests. `mstv` is that of one process; each service of a split product has its own.
create role mstv login createdb password 'mstv';
create database mstv owner mstv;
create database user_service owner mstv;
create database auth_service owner mstv;
