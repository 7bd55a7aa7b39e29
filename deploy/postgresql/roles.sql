-- What belongs to the cluster rather than to the schema: run once, as a superuser,
--   psql -v owner_password=... -v app_password=... -f deploy/postgresql/roles.sql
-- The owner migrates, prunes and restores; the application reads and writes, and no more.
CREATE ROLE app_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE app LOGIN PASSWORD :'app_password';
CREATE DATABASE app OWNER app_owner;
\connect app
\ir database.sql
