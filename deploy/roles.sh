#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: the owner of the tables, the application's
# role, their database and what it needs.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner="$OWNER_PASSWORD" --set application="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE conectar_owner LOGIN PASSWORD :'owner';
CREATE ROLE conectar LOGIN PASSWORD :'application';
CREATE DATABASE conectar OWNER conectar_owner;
\connect conectar
CREATE EXTENSION postgis;
CREATE EXTENSION btree_gist;
SQL
