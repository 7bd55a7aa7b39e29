#!/bin/sh
# For the image of PostgreSQL in compose.yaml, which runs what it finds in initdb.d once.
exec psql -v ON_ERROR_STOP=1 -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" \
    -U "$POSTGRES_USER" -f /deploy/roles.sql
