#!/bin/sh
# Written by `npm run deploy:write` from src/apps/services.ts: do not edit.
# Makes the files of deploy/secrets that deploy/compose.production.yml names. A password that is there stays. To change one,
# delete its file, run this again, and `docker compose up`; that of `postgres` counts when the volume is made, and not later.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets

# password NAME: 32 random bytes in hexadecimal, from the file of that name once it is there
password() {
  [ -s "$1" ] || od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$1"
  cat "$1"
}

write() { printf '%s' "$2" >"$1"; }

password postgres_password >/dev/null
database_password=$(password database_password)
redis_password=$(password redis_password)
mqtt_password=$(password mqtt_password)
jwt_secret=$(password jwt_secret)
administrator_password=$(password bootstrap_admin_password)

write redis_conf "requirepass $redis_password"
write pgbouncer_users "\"mstv\" \"$database_password\""
write mqtt_url "mqtt://mstv:$mqtt_password@mosquitto:1883"
write monolith_database_url "postgresql://mstv:$database_password@pgbouncer:5432/mstv"
write monolith_database_direct_url "postgresql://mstv:$database_password@postgres:5432/mstv"
write redis_url "redis://:$redis_password@redis:6379/0"
write jwt_secret "$jwt_secret"
write bootstrap_admin_password "$administrator_password"
write user_service_database_url "postgresql://mstv:$database_password@pgbouncer:5432/user_service"
write user_service_database_direct_url "postgresql://mstv:$database_password@postgres:5432/user_service"
write auth_service_database_url "postgresql://mstv:$database_password@pgbouncer:5432/auth_service"
write auth_service_database_direct_url "postgresql://mstv:$database_password@postgres:5432/auth_service"

# Containers read them as users of their own, so every user may; this folder admits its owner alone.
chmod 644 ./*
