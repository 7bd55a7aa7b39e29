-- What an empty database needs before `migrate` or `restore`: run as a superuser, in it.
CREATE EXTENSION postgis;
CREATE EXTENSION pg_trgm;
-- Slow statements, without their values; dvsa-alerts.conf loads it.
CREATE EXTENSION pg_stat_statements;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO app_owner;
GRANT USAGE ON SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO app;
