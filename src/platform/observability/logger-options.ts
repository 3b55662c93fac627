import type { Params } from 'nestjs-pino';
import pretty from 'pino-pretty';
import type { Configuration } from '../config/configuration.js';

/** Never written, wherever in a logged object. */
const secrets = ['authorization', 'password', 'token', 'refresh_token', 'refreshToken', 'secret'];

const forPeople = () =>
  pretty({
    sync: true,
    ignore: 'pid,hostname,service,context',
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: '{context}: {msg}',
  });

/** JSON lines on stdout, in colour for people in development. No middleware: the pipeline logs by operation, whatever the protocol. */
export function loggerOptions({ environment, logLevel, serviceName }: Configuration): Params {
  const options = {
    level: logLevel,
    autoLogging: false,
    base: { service: serviceName },
    redact: secrets.flatMap((name) => [name, `*.${name}`]),
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return { pinoHttp: environment === 'development' ? [options, forPeople()] : options, forRoutes: [] };
}
