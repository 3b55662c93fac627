import { setLogger } from '@grpc/grpc-js';
import { Logger } from '@nestjs/common';

const logger = new Logger('gRPC');

/** `listen` rejects with it, so it is not logged too. */
const isListenError = (message: unknown): boolean => String(message).startsWith('No address added out of total');

/** grpc-js logs the values of unreadable headers. */
const withoutValue = (message: unknown): string =>
  String(message).replace(/^(Failed to add metadata entry [^:]*):.*/s, '$1: the value is not printable ASCII');

/** For the whole process; grpc-js writes to stderr by default. */
export function redirectLibraryLog(): void {
  setLogger({
    error: (message: unknown) => {
      if (!isListenError(message)) logger.error(withoutValue(message));
    },
    info: (message: unknown) => logger.log(message),
    debug: (message: unknown) => logger.debug(message),
  });
}
