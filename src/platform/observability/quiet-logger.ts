import { Logger } from 'nestjs-pino';

const bootContexts = new Set(['InstanceLoader', 'NestFactory', 'NestMicroservice', 'NestApplication', 'GraphQLModule']);

/** These throw what they log. */
const throwing = new Set(['ExceptionHandler', 'NestApplication']);

/** Drops Nest's boot lines and errors that are thrown as well. */
export class QuietLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!bootContexts.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!throwing.has(String(rest.at(-1)))) super.error(message, ...rest);
  }
}
