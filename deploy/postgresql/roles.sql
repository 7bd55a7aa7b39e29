-- What belongs to the cluster rather than to the schema: run once, as a superuser,
--   psql -v owner_password=... -v app_password=... -f deploy/postgresql/roles.sql
-- The owner migrates, prunes and restores; the application reads and writes, and no more.
CREATE ROLE app_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE app LOGIN PASSWORD :'app_password';
CREATE DATABASE app OWNER app_owner;
\connect app
CREATE EXTENSION postgis;
CREATE EXTENSION pg_trgm;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO app_owner;
GRANT USAGE ON SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO app;
