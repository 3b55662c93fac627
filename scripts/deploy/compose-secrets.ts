import { composeTopologies } from './compose-product.js';
import { isFile, secretFile } from './compose-production.js';
import { composeValue, type Passwords } from './compose-values.js';
import type { DeploymentModel } from './model-types.js';
import { notice } from './target.js';

/** Variables of the shell in place of passwords. */
const inShell: Passwords = {
  database: '$database_password',
  redisLogin: ':$redis_password@',
  mqtt: '$mqtt_password',
  jwtSecret: '$jwt_secret',
  administrator: '$administrator_password',
};

const start = `#!/bin/sh
# ${notice}
# Makes the files of deploy/secrets that deploy/compose.production.yml names. A password that is there stays. To change one,
# delete its file, run this again, and \`docker compose up\`; that of \`postgres\` counts when the volume is made, and not later.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets

# password NAME: 32 random bytes in hexadecimal, from the file of that name once it is there
password() {
  [ -s "$1" ] || od -An -v -tx1 -N32 /dev/urandom | tr -d ' \\n' >"$1"
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
write pgbouncer_users "\\"mstv\\" \\"$database_password\\""
`;

const end = `
# Containers read them as users of their own, so every user may; this folder admits its owner alone.
chmod 644 ./*
`;

export function secretsScript(model: DeploymentModel): string {
  const processes = composeTopologies(model).flatMap((topology) => topology.processes);
  const lines = processes.flatMap((process) =>
    process.secrets
      .filter(isFile)
      .map((secret) => `write ${secretFile(secret)} "${composeValue(secret, inShell, process)}"`),
  );
  return `${start}${[...new Set(lines)].join('\n')}\n${end}`;
}
