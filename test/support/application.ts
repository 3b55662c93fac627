import { Application } from '../../src/apps/application.js';
import type { Addresses } from '../../src/apps/servers.js';
import { services } from '../../src/apps/services.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';
import { TokenIssuer } from '../../src/platform/security/token-issuer.js';
import { loadTokenKeys } from '../../src/platform/security/token-keys.js';
import { administratorExists } from './administrator-exists.js';
import { testDatabase } from './database.js';
import { givenServers } from './given-servers.js';
import { type RunningProcess, startProcess } from './process.js';
import type { RunningTarget, Target } from './target.js';
import { unhurried } from './unhurried.js';

type Environment = Readonly<Record<string, string>>;

const administrator = { email: 'administrator@example.com', password: 'correct horse battery' };
const jwtSecret = 'a secret of the conformance tests, long enough';

function environmentFor(databaseUrl: string, changes: Environment) {
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    GRPC_PORT: '0',
    MQTT_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: databaseUrl,
    JWT_SECRET: jwtSecret,
    BOOTSTRAP_ADMIN_EMAIL: administrator.email,
    BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
    PASSWORD_POLICY: 'strict',
    RATE_LIMITS: 'login=3/15m,login-address=100000/15m',
    ...unhurried,
    ...givenServers(),
    ...changes,
  };
}

function targetAt(addresses: Addresses, environment: Environment): Target {
  const { security, serviceName, mqtt } = loadConfiguration(environment, services);
  return {
    addresses,
    administrator,
    topicPrefix: mqtt.topicPrefix,
    serviceToken: async () => {
      const issuer = new TokenIssuer(await loadTokenKeys(security.tokens), security.tokens);
      return (await issuer.issueServiceToken({ service: 'tests', audience: serviceName })).token;
    },
  };
}

/** The product in this process, on a database of its own: all of it, or the service that `changes` name. */
export async function startApplication(changes: Environment = {}): Promise<RunningTarget> {
  const database = await testDatabase();
  const environment = environmentFor(database.url, changes);
  const configuration = loadConfiguration(environment, services);
  const application = await Application.create(configuration);
  const target = targetAt(await application.listen(), environment);
  const { modules = [] } = services[configuration.serviceName] ?? {};
  if (modules.some(({ contract }) => contract.name === 'auth')) await administratorExists(environment.DATABASE_URL);
  const stop = async () => {
    await application.stop();
    await database.drop();
  };
  return { ...target, stop };
}

/** The built product as a process of the operating system. */
export async function startBuiltApplication(changes: Environment = {}): Promise<RunningTarget> {
  const database = await testDatabase();
  const environment = environmentFor(database.url, { LOG_LEVEL: 'info', ...changes });
  const running = startProcess(environment);
  const stop = async () => {
    await running.end('SIGTERM');
    await database.drop();
  };
  try {
    const target = targetAt(await printedAddresses(running), environment);
    await administratorExists(environment.DATABASE_URL);
    return { ...target, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** From the log lines with addresses; that of the health check is the last. */
async function printedAddresses({ line, output }: RunningProcess): Promise<Addresses> {
  const [, http = ''] = await line(/Health +(http[^/]*\/\/[^/"]+)/);
  const printed = (pattern: RegExp) =>
    output.map((text) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  const grpc = printed(/gRPC +([^\s"]+)/);
  const mqtt = printed(/MQTT +(\w+:[^\s"]+)/);
  return { http, ...(grpc !== undefined && { grpc }), ...(mqtt !== undefined && { mqtt }) };
}
