import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/platform/config/configuration-error.js';
import { loadConfiguration, processVariables } from '../../../src/platform/config/load-configuration.js';

type Env = Record<string, string>;

function problemsOf(
  env: Env,
  ...services: Parameters<typeof loadConfiguration> extends [unknown, ...infer R] ? R : never
) {
  try {
    loadConfiguration(env, ...services);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const production: Env = {
  NODE_ENV: 'production',
  JWT_SECRET: 'q7Zr1vXw9Tn3Lk5Hs8Gd2Jf4Pa6Bm0Yc-Ue',
  DATABASE_URL: 'postgresql://app:pw@db:5432/app',
  REDIS_URL: 'redis://cache:6379',
  MQTT_URL: 'mqtt://broker:1883',
};

describe('an empty environment', () => {
  test('gives a development monolith on embedded engines', () => {
    const configuration = loadConfiguration({});
    expect(configuration).toMatchObject({
      environment: 'development',
      serviceName: 'monolith',
      protocols: ['rest', 'graphql', 'grpc', 'websocket', 'mqtt'],
      host: '127.0.0.1',
      http: { port: 3000, trustedProxies: [] },
      grpc: { port: 50051 },
      mqtt: { port: 1883, url: undefined, topicPrefix: 'mstv' },
      origins: [],
      database: { url: undefined, directUrl: undefined, poolSize: 10 },
      redis: { url: undefined },
      dataDir: resolve('.data'),
      bootstrapAdmin: { email: 'admin@example.com', password: 'password123' },
      logLevel: 'info',
      shutdownTimeoutMs: 10_000,
      warnings: [],
    });
    expect(configuration.tls).toBeUndefined();
    expect(configuration.security).toMatchObject({
      tokens: { issuer: 'mstv', audience: 'mstv', accessTokenSeconds: 900, refreshTokenSeconds: 2_592_000 },
      passwordPolicy: 'lax',
      passwordHashing: { queueLength: 100 },
    });
  });

  test('has the limits of the design', () => {
    expect(loadConfiguration({}).limits).toMatchObject({
      bodyBytes: 1_048_576,
      websocketPayloadBytes: 65_536,
      mqttPayloadBytes: 65_536,
      grpcMessageBytes: 4_194_304,
      requestDeadlineMs: 10_000,
      rates: { enabled: true, caller: { quota: 1000, windowSeconds: 1 }, login: { quota: 10, windowSeconds: 900 } },
    });
  });

  test('is frozen to its leaves', () => {
    const configuration = loadConfiguration({});
    expect(() => Object.assign(configuration.limits.rates.caller, { quota: 1 })).toThrow(TypeError);
    expect(() => Object.assign(configuration, { host: 'elsewhere' })).toThrow(TypeError);
  });
});

describe('values', () => {
  test('are read and grouped', () => {
    const configuration = loadConfiguration({
      PROTOCOLS: 'rest, grpc',
      PORT: '0',
      TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1',
      ALLOWED_ORIGINS: 'https://app.example.com,http://localhost:5173',
      DATABASE_URL: 'postgres://u:p@pooler/app',
      DATABASE_DIRECT_URL: 'postgres://u:p@direct/app',
      TLS_CERT_FILE: 'cert.pem',
      TLS_KEY_FILE: 'key.pem',
      GRPC_TLS_CLIENT_CA_FILE: 'clients.pem',
      SERVICE_TLS_CA_FILE: 'services.pem',
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      BOOTSTRAP_ADMIN_EMAIL: 'root@example.com',
      BOOTSTRAP_ADMIN_PASSWORD: 'hunter22',
    });
    expect(configuration).toMatchObject({
      protocols: ['rest', 'grpc'],
      http: { port: 0, trustedProxies: ['10.0.0.0/8', '127.0.0.1'] },
      origins: ['https://app.example.com', 'http://localhost:5173'],
      database: { url: 'postgres://u:p@pooler/app', directUrl: 'postgres://u:p@direct/app' },
      tls: { certFile: 'cert.pem', keyFile: 'key.pem', clientCaFile: 'clients.pem' },
      serviceTls: { caFile: 'services.pem' },
      bootstrapAdmin: { email: 'root@example.com', password: 'hunter22' },
    });
    expect(configuration.security.encryptionKey).toEqual(Buffer.alloc(32, 7));
  });

  test('that are empty or blank count as not set', () => {
    expect(loadConfiguration({ REDIS_URL: '', PORT: ' ', LOG_LEVEL: '' })).toEqual(loadConfiguration({}));
  });

  test('of a service stand where the environment is silent', () => {
    const services = { gateway: { httpPort: 3100, protocols: ['rest'] as const } };
    const configuration = loadConfiguration({ SERVICE_NAME: 'gateway' }, services);
    expect(configuration).toMatchObject({ http: { port: 3100 }, protocols: ['rest'] });
    expect(loadConfiguration({ SERVICE_NAME: 'gateway', PORT: '8080' }, services).http.port).toBe(8080);
  });

  test('RATE_LIMITS replaces the rates it names and keeps the others', () => {
    const { rates } = loadConfiguration({ RATE_LIMITS: 'caller=200/s, login=5/10m, users.createUser=20/h' }).limits;
    expect(rates).toMatchObject({
      enabled: true,
      address: { quota: 5000, windowSeconds: 1 },
      caller: { quota: 200, windowSeconds: 1 },
      login: { quota: 5, windowSeconds: 600 },
      operations: { 'users.createUser': { quota: 20, windowSeconds: 3600 } },
    });
    expect(loadConfiguration({ RATE_LIMITS: 'off' }).limits.rates.enabled).toBe(false);
  });

  test('an old JAEGER_ENDPOINT is taken as OTLP on the same host, with a warning', () => {
    const configuration = loadConfiguration({ JAEGER_ENDPOINT: 'http://jaeger:14268/api/traces' });
    expect(configuration.telemetry.otlpEndpoint).toBe('http://jaeger:4318');
    expect(configuration.warnings).toEqual([expect.stringContaining('JAEGER_ENDPOINT')]);
  });

  test('OTEL_EXPORTER_OTLP_HEADERS are decoded, and everything is sampled by default', () => {
    const given = { OTEL_EXPORTER_OTLP_HEADERS: 'signoz-ingestion-key=a=b, x-team=core%20team, x-odd=100%' };
    expect(loadConfiguration(given).telemetry).toEqual({
      headers: { 'signoz-ingestion-key': 'a=b', 'x-team': 'core team', 'x-odd': '100%' },
      sampledShare: 1,
    });
    for (const share of ['0', '1', '0.25', '.5', '1.0']) {
      expect(loadConfiguration({ OTEL_TRACES_SAMPLER_ARG: share }).telemetry.sampledShare).toBe(Number(share));
    }
    for (const share of ['2', '-1', 'all']) {
      expect(() => loadConfiguration({ OTEL_TRACES_SAMPLER_ARG: share }), share).toThrow('OTEL_TRACES_SAMPLER_ARG');
    }
  });

  test('OTEL_EXPORTER_OTLP_ENDPOINT has an effect, so nothing warns of it', () => {
    expect(loadConfiguration({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).warnings).toEqual([]);
  });
});

describe('wrong values', () => {
  test('are reported all at once, each by its variable, its fault and the remedy', () => {
    expect(
      problemsOf({
        SERVICE_NAME: 'user-servce',
        PORT: '80a',
        GRPC_PORT: '70000',
        LOG_LEVEL: 'loud',
        PROTOCOLS: 'rest,soap',
        TLS_KEY_FILE: 'key.pem',
        RATE_LIMITS: 'caller=fast',
        ALLOWED_ORIGINS: 'https://app.example.com/path',
        TRUSTED_PROXIES: '10.0.0.0/8, 10.0.0.256, proxy.example.com',
      }),
    ).toEqual([
      'SERVICE_NAME: "user-servce" is not a service. Set it to one of monolith',
      expect.stringMatching(/^PROTOCOLS: "rest,soap" is not one of rest, graphql, .*Set it to a list such as/),
      'PORT: "80a" is not a whole number from 0 to 65535. Set it to a free TCP port such as 3000',
      expect.stringMatching(/^TRUSTED_PROXIES: .* holds 10\.0\.0\.256, which is neither an address nor a network/),
      expect.stringMatching(/^TRUSTED_PROXIES: .* holds proxy\.example\.com, which is neither/),
      'GRPC_PORT: "70000" is not a whole number from 0 to 65535. Set it to a free TCP port such as 50051',
      expect.stringMatching(/^ALLOWED_ORIGINS: .* holds something that is no origin. Set it to a list such as https/),
      expect.stringMatching(/^LOG_LEVEL: "loud" is not one of fatal, error/),
      expect.stringMatching(/^RATE_LIMITS: .*entries that are not understood \(caller=fast\)/),
      'TLS_CERT_FILE: is missing beside TLS_KEY_FILE. Set it to the path of a PEM file, or remove TLS_KEY_FILE',
    ]);
  });

  test('of a secret are never shown', () => {
    const planted = 'mysql://root:s3cr3t-s3cr3t@db/app';
    const secrets = ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'REDIS_URL', 'MQTT_URL', 'ENCRYPTION_KEY', 'SMTP_URL'];
    const problems = problemsOf(Object.fromEntries([...secrets, 'MONGODB_URL'].map((name) => [name, planted])));
    expect(problems).toHaveLength(secrets.length + 1);
    expect(problems.join('\n')).not.toContain('s3cr3t');
    expect(problems[0]).toBe(
      'MQTT_URL: its value is not a URL that begins with mqtt:// or mqtts:// or ws:// or wss://. ' +
        'Set it to mqtt://user:password@host:1883',
    );
  });

  test.each<[string, Env]>([
    ['BOOTSTRAP_ADMIN_PASSWORD', { BOOTSTRAP_ADMIN_EMAIL: 'root@example.com' }],
    ['BOOTSTRAP_ADMIN_EMAIL', { BOOTSTRAP_ADMIN_PASSWORD: 'hunter22' }],
    ['DATABASE_URL', { DATABASE_DIRECT_URL: 'postgres://u:p@direct/app' }],
    ['JWT_SECRET', { JWT_SECRET: 'one', JWT_PRIVATE_KEY_FILE: 'key.pem' }],
    ['STORAGE_PROVIDER', { ENABLE_STORAGE: 'true' }],
    ['CONSUL_HOST', { DISCOVERY: 'consul' }],
    ['CONSUL_SECURE', { CONSUL_HOST: 'consul', CONSUL_CA_FILE: 'ca.pem' }],
    ['TLS_CERT_FILE', { GRPC_TLS_CLIENT_CA_FILE: 'ca.pem' }],
    ['SERVICE_TLS_KEY_FILE', { SERVICE_TLS_CERT_FILE: 'cert.pem', SERVICE_TLS_CA_FILE: 'ca.pem' }],
  ])('a contradiction names %s', (name, env) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${name}: is (missing|set) beside`))]);
  });
});

describe('a secret from a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function fileOf(text: string): string {
    const path = join(folder, 'secret');
    writeFileSync(path, text);
    return path;
  }

  test.each(['', '\n', '\r\n'])('is read, without %j at its end', (end) => {
    const DATABASE_URL_FILE = fileOf(`${production.DATABASE_URL}${end}`);
    expect(loadConfiguration({ DATABASE_URL_FILE }).database.url).toBe(production.DATABASE_URL);
    const JWT_SECRET_FILE = fileOf(` spaces and a line\nare part of it, for it is long \n${end}`);
    const { secret } = loadConfiguration({ JWT_SECRET_FILE }).security.tokens;
    expect(secret).toBe(` spaces and a line\nare part of it, for it is long ${end && '\n'}`);
  });

  test('is possible for every secret, and counts as set in production', () => {
    for (const { name } of processVariables({}).filter(({ secret }) => secret)) {
      expect(problemsOf({ [`${name}_FILE`]: '/nowhere' }), name).toContain(
        `${name}_FILE: "/nowhere" cannot be read (ENOENT). Set it to the path of a file with the secret`,
      );
    }
    const { JWT_SECRET = '', ...rest } = production;
    expect(problemsOf({ ...rest, JWT_SECRET_FILE: fileOf(JWT_SECRET) })).toEqual([]);
  });

  test('counts where another variable needs the secret', () => {
    const BOOTSTRAP_ADMIN_PASSWORD_FILE = fileOf('correct horse battery');
    const given = { ...production, BOOTSTRAP_ADMIN_EMAIL: 'first@example.com', BOOTSTRAP_ADMIN_PASSWORD_FILE };
    expect(problemsOf(given)).toEqual([]);
    expect(problemsOf({ ...production, BOOTSTRAP_ADMIN_PASSWORD_FILE })).toEqual([
      expect.stringMatching(/^BOOTSTRAP_ADMIN_EMAIL: is missing beside BOOTSTRAP_ADMIN_PASSWORD\./),
    ]);
  });

  test('is held to the same rules and shown as little', () => {
    expect(loadConfiguration({ SMTP_URL_FILE: fileOf('smtp://mail') }).warnings).toEqual([
      'SMTP_URL has no effect in this version: no mails are sent',
    ]);
    const problems = problemsOf({ REDIS_URL_FILE: fileOf('mysql://root:s3cr3t@db') });
    expect(problems).toEqual([expect.stringMatching(/^REDIS_URL: its value is not a URL that begins with redis/)]);
    expect(problemsOf({ ...production, JWT_SECRET: '', JWT_SECRET_FILE: fileOf('short') })).toHaveLength(1);
  });

  test('is refused beside the variable itself, and when there is nothing in it', () => {
    const { DATABASE_URL = '' } = production;
    expect(problemsOf({ DATABASE_URL, DATABASE_URL_FILE: fileOf(DATABASE_URL) })).toEqual([
      'DATABASE_URL: is set beside DATABASE_URL_FILE. Remove one of them',
    ]);
    expect(problemsOf({ DATABASE_URL_FILE: fileOf('\n') })).toEqual([expect.stringContaining('is empty')]);
  });
});

describe('the URL of a database', () => {
  const problems = (rest: string) => problemsOf({ DATABASE_URL: `postgresql://${rest}` });

  test.each([
    'app:s3cr3t@db/app',
    'app:s3cr3t@[::1]:5432/app',
    'app@db/app?sslmode=verify-full&sslrootcert=package.json&application_name=mstv',
    'db/app?schema=public&pgbouncer=true',
    '/app?host=/run/postgresql',
  ])('may be postgresql://%s', (rest) => {
    expect(problems(rest)).toEqual([]);
  });

  test.each([
    ['db/app?schema=demo', 'has the parameter schema, which is not supported (tables are in the schema public'],
    ['db/app?connection_limit=5', 'has the parameter connection_limit, which is not supported (DATABASE_POOL_SIZE'],
    [
      'db/app?search_path=demo',
      'has the parameter search_path, which is not supported (known are application_name, host',
    ],
    ['db/app?sslrootcert=nowhere.pem', 'has the parameter sslrootcert, but there is no such file'],
    ['db/app?sslmode=on', 'has the parameter sslmode, which is not supported'],
    ['db/app?password=s3cr3t', 'has the parameter password, which is not supported'],
    ['one,another/app', 'names more than one host'],
    ['db', 'names no database'],
    ['db/app#x', 'has a # (%23 in a password)'],
    ['db/100%', 'has a % that encodes nothing'],
  ])('is refused as postgresql://app:s3cr3t@%s, which would be ignored or misunderstood', (rest, fault) => {
    const found = problems(`app:s3cr3t@${rest}`);
    expect(found).toEqual([expect.stringContaining(`DATABASE_URL: its value ${fault}`)]);
    expect(found.join()).not.toContain('s3cr3t');
  });

  test.each(['db?ssl_cert_reqs=none', 'db/sessions', 'db/0#x'])('of Redis is refused as redis://%s', (rest) => {
    expect(problemsOf({ REDIS_URL: `redis://${rest}` })).toEqual([
      expect.stringContaining('has something after the host that is no number of a database'),
    ]);
    expect(problemsOf({ REDIS_URL: 'rediss://user:pw@[::1]:6379/2' })).toEqual([]);
  });
});

describe('rates', () => {
  const operations = new Set(['users.createUser']);
  const load = (RATE_LIMITS: string) => loadConfiguration({ RATE_LIMITS }, undefined, operations);

  test('may be set for operations that exist', () => {
    expect(load('caller=5/s,users.createUser=20/10m').limits.rates.operations).toEqual({
      'users.createUser': { quota: 20, windowSeconds: 600 },
    });
  });

  test.each(['users.nope=1/s', 'calller.x=1/s', 'caller=5/s,users.createUsers=1/s'])('%s is refused', (text) => {
    expect(() => load(text)).toThrow(/RATE_LIMITS: .*has rates of operations that do not exist/);
  });
});

describe('Consul', () => {
  test('is shown a token, over HTTPS where that is wanted, for settings and for discovery', () => {
    const env = { CONSUL_HOST: 'consul', CONSUL_SECURE: 'true', CONSUL_CA_FILE: 'ca.pem', CONSUL_TOKEN: 'its-secret' };
    const consul = { host: 'consul', port: 8500, secure: true, caFile: 'ca.pem', token: 'its-secret' };
    expect(loadConfiguration({ ...env, DISCOVERY: 'consul' })).toMatchObject({ consul, discovery: { consul } });
  });
});

describe('a host', () => {
  const names = ['HOST', 'CONSUL_HOST', 'ADVERTISED_HOST'];
  const env = (value: string) => Object.fromEntries(names.map((name) => [name, value]));

  test.each(['127.0.0.1', '::1', 'fd00::7', 'localhost', 'consul.service', 'my_consul'])('may be %s', (value) => {
    const { host, consul, discovery } = loadConfiguration(env(value));
    expect([host, consul?.host, discovery.advertisedHost]).toEqual([value, value, value]);
  });

  test('of IPv6 may be in brackets', () => {
    expect(loadConfiguration({ HOST: '[::1]' }).host).toBe('::1');
  });

  test.each(['http://consul', 'consul:8500', '[::1]:8500', '[consul]', '::1:', 'fe80::1%eth0', 'a b'])(
    'may not be %s, and the variable is named',
    (value) => {
      expect(problemsOf(env(value))).toEqual(
        names.map((name) => expect.stringContaining(`${name}: "${value}" is neither an address nor a name`)),
      );
    },
  );
});

describe('a product of several services', () => {
  const services = {
    edge: { httpPort: 3000, protocols: ['rest', 'grpc'] as const, stateless: true, calls: ['user-service'] },
    'user-service': { httpPort: 3001, grpcPort: 50_052, protocols: ['grpc'] as const, always: ['grpc'] as const },
  };

  test('finds them on the ports of this machine when nothing else is said', () => {
    expect(loadConfiguration({ SERVICE_NAME: 'edge' }, services).discovery.addresses).toEqual({
      'user-service': '127.0.0.1:50052',
    });
    expect(loadConfiguration({ SERVICE_NAME: 'user-service' }, services).grpc.port).toBe(50_052);
  });

  test.each([
    ['10.0.0.7', '10.0.0.7:50052'],
    ['0.0.0.0', '127.0.0.1:50052'],
    ['::1', '[::1]:50052'],
    ['::', '[::1]:50052'],
  ])('finds them where they listen on this machine: HOST=%s', (HOST, address) => {
    const { discovery } = loadConfiguration({ SERVICE_NAME: 'edge', HOST }, services);
    expect(discovery.addresses).toEqual({ 'user-service': address });
  });

  test('takes any gRPC target', () => {
    const USER_SERVICE_ADDRESS = 'dns:///user-service:50051';
    const { discovery } = loadConfiguration({ SERVICE_NAME: 'edge', USER_SERVICE_ADDRESS }, services);
    expect(discovery.addresses).toEqual({ 'user-service': USER_SERVICE_ADDRESS });
    expect(problemsOf({ SERVICE_NAME: 'edge', USER_SERVICE_ADDRESS: 'user-service' }, services)).toEqual([
      expect.stringMatching(/^USER_SERVICE_ADDRESS: "user-service" is no gRPC target/),
    ]);
  });

  test('has a variable for the address of every service, whatever its name', () => {
    const more = { ...services, edge: { ...services.edge, calls: ['user-service', 'stock-control'] } };
    const address = { STOCK_CONTROL_ADDRESS: 'stock:50054' };
    const { discovery } = loadConfiguration({ SERVICE_NAME: 'edge', ...address }, more);
    expect(discovery.addresses).toEqual({ 'user-service': '127.0.0.1:50052', 'stock-control': 'stock:50054' });
    expect(problemsOf({ SERVICE_NAME: 'edge', STOCK_CONTROL_ADDRESS: 'stock' }, more)).toEqual([
      expect.stringMatching(/^STOCK_CONTROL_ADDRESS: "stock" is no gRPC target.*Set it to host:port/),
    ]);
    expect(problemsOf({ ...production, SERVICE_NAME: 'edge', USER_SERVICE_ADDRESS: 'users:50052' }, more)).toEqual([
      expect.stringMatching(/^STOCK_CONTROL_ADDRESS: is missing. Set it to host:port/),
    ]);
  });

  test('serves what PROTOCOLS adds to what a service always serves', () => {
    const { protocols } = loadConfiguration({ SERVICE_NAME: 'user-service', PROTOCOLS: 'rest' }, services);
    expect(protocols).toEqual(['grpc', 'rest']);
  });

  test('requires addresses in production, and no database where there is none', () => {
    const { DATABASE_URL: _, ...rest } = production;
    expect(problemsOf({ ...rest, SERVICE_NAME: 'edge' }, services)).toEqual([
      expect.stringMatching(/^USER_SERVICE_ADDRESS: is missing/),
    ]);
    const address = { USER_SERVICE_ADDRESS: 'user-service:50051' };
    expect(problemsOf({ ...rest, ...address, SERVICE_NAME: 'edge' }, services)).toEqual([]);
  });
});

describe('production', () => {
  test('listens everywhere, is strict about passwords and has no demo administrator', () => {
    const configuration = loadConfiguration(production);
    expect(configuration).toMatchObject({ host: '0.0.0.0', security: { passwordPolicy: 'strict' }, warnings: [] });
    expect(configuration.bootstrapAdmin).toBeUndefined();
  });

  test('names every missing variable at once', () => {
    const problems = problemsOf({ NODE_ENV: 'production', PORT: 'x' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PORT',
      'MQTT_URL',
      'DATABASE_URL',
      'REDIS_URL',
      'JWT_SECRET',
    ]);
  });

  test('needs no MQTT_URL where MQTT is not served', () => {
    const { MQTT_URL: _, ...rest } = production;
    expect(problemsOf(rest)).toHaveLength(1);
    expect(problemsOf({ ...rest, PROTOCOLS: 'rest,grpc' })).toEqual([]);
  });

  test('accepts embedded engines when ALLOW_EMBEDDED_IN_PRODUCTION is set, and names them', () => {
    const { JWT_SECRET = '' } = production;
    const configuration = loadConfiguration({ NODE_ENV: 'production', JWT_SECRET, ALLOW_EMBEDDED: 'true' });
    expect(configuration.warnings).toEqual([
      'ALLOW_EMBEDDED: embedded engines stand in for DATABASE_URL, REDIS_URL, MQTT_URL',
    ]);
  });

  test('takes key files in place of a secret', () => {
    const { JWT_SECRET: _, ...rest } = production;
    const configuration = loadConfiguration({ ...rest, JWT_PRIVATE_KEY_FILE: '/run/secrets/jwt.pem' });
    expect(configuration.security.tokens.secret).toBeUndefined();
  });

  test.each([
    ['the development secret', 'development-only-secret-known-to-everyone'],
    ['a short secret', 'q7Zr1vXw9Tn3Lk5H'],
    ['a repetitive secret', 'abababababababababababababababababab'],
    ['a placeholder', 'change-me-please-to-something-better-1234'],
  ])('refuses %s without showing it', (_, JWT_SECRET) => {
    const problems = problemsOf({ ...production, JWT_SECRET });
    expect(problems).toEqual([expect.stringMatching(/^JWT_SECRET: .*openssl rand -base64 48$/)]);
    expect(problems[0]).not.toContain(JWT_SECRET);
  });

  test('refuses a common password for the first administrator', () => {
    const env = { ...production, BOOTSTRAP_ADMIN_EMAIL: 'root@example.com', BOOTSTRAP_ADMIN_PASSWORD: 'Password123' };
    expect(problemsOf(env)).toEqual([
      'BOOTSTRAP_ADMIN_PASSWORD: its value is one of the most common passwords. ' +
        'Set it to a password that PASSWORD_POLICY admits',
    ]);
  });
});

describe('warnings', () => {
  test.each<[string, Env]>([
    ['a reserved variable', { KAFKA_BROKERS: 'kafka:9092' }],
    ['the development secret on an open address', { HOST: '0.0.0.0' }],
    ['a secret that production would refuse', { JWT_SECRET: 'short' }],
    ['a lax password policy in production', { ...production, PASSWORD_POLICY: 'lax' }],
  ])('warn of %s', (_, env) => {
    expect(loadConfiguration(env).warnings).toHaveLength(1);
  });
});
