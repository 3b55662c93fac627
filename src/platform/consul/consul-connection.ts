import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Consul from 'consul';
import type { ConsulSettings } from '../config/configuration.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { hostOfUrl } from '../config/host.js';
import { readCertificate } from '../security/pem-file.js';

/** Connects at the first request. Throws ConfigurationError. */
export function connectConsul({ host, port, secure = false, caFile, token }: ConsulSettings): Consul {
  const Agent = secure ? HttpsAgent : HttpAgent;
  const ca = caFile === undefined ? undefined : authorities(caFile);
  return new Consul({
    host: hostOfUrl(host),
    port,
    secure,
    // passed to the agent too: the client would look up [::1] as a name
    agent: new Agent({ keepAlive: true, host, ...(ca && { ca }) }),
    ...(token !== undefined && { defaults: { token } }),
  });
}

function authorities(file: string): Buffer | undefined {
  const problems: string[] = [];
  const certificate = readCertificate('CONSUL_CA_FILE', file, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return certificate?.pem;
}
