import { Agent } from 'node:https';
import Consul from 'consul';
import type { ConsulSettings } from '../config/configuration.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { readCertificate } from '../security/pem-file.js';

/** Opens no connection before the first request. Throws ConfigurationError. */
export function connectConsul({ host, port, secure = false, caFile, token }: ConsulSettings): Consul {
  const agent = caFile === undefined ? undefined : new Agent({ keepAlive: true, ca: authorities(caFile) });
  return new Consul({
    host,
    port,
    secure,
    ...(agent && { agent }),
    ...(token !== undefined && { defaults: { token } }),
  });
}

function authorities(file: string): Buffer | undefined {
  const problems: string[] = [];
  const certificate = readCertificate('CONSUL_CA_FILE', file, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return certificate?.pem;
}
